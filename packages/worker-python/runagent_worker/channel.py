"""The socket: frames out at once or at the end of the loop's tick, frames in as they come (W1).

Any thread may send. What the socket does not take waits here: `pending` says how much, `relieve` waits for less.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

from . import codec
from .late import Late, send_before_exit
from .run import Run

_READ_BYTES = 256 * 1024
_MOMENT_SECONDS = 0.001
_AT_ONCE = 4
"""So many events leave alone within a moment; what comes faster leaves together."""

_TOGETHER_BYTES = 64 * 1024


class Channel:
    def __init__(self) -> None:
        self.pending = 0
        self.leaving = False
        self._socket: socket.socket | None = None
        self._opened: socket.socket | None = None
        self._decoder = codec.FrameDecoder()
        self._queue: list[bytes] = []
        self._rest: memoryview | None = None
        self._lock = threading.RLock()
        self._late = Late(self._lock, self._flush)
        self._moment_end = 0.0
        self._left = 0
        self._waiting = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._loop_thread = 0
        self._flush_soon = False
        self._reading = False
        self._attached = False
        self._on_frames: Callable[[list[codec.Frame]], None] = lambda frames: None
        self._on_lost: Callable[[], None] = lambda: None

    def open(self, path: str, hello: bytes) -> tuple[dict[str, Any], list[codec.Frame]]:
        """Connects and exchanges hellos (W2); waits. Returns the server's hello and what came right behind it.

        What is sent before `speak` is dropped: a durable run still keeps it.
        """
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.connect(path)
        connection.sendall(hello)
        decoder = codec.FrameDecoder()
        frames: list[codec.Frame] = []
        while not frames:
            data = connection.recv(_READ_BYTES)
            if not data:
                raise ConnectionError("the server closed the channel before its hello")
            frames = decoder.push(data)
        kind, _, body = frames.pop(0)
        if kind != codec.HELLO:
            raise codec.FrameError(f"the first frame is of kind {kind}, not a hello")
        with self._lock:
            self._opened, self._decoder = connection, decoder
        return json.loads(body), frames

    def speak(self) -> None:
        with self._lock:
            self._socket, self._opened = self._opened, None

    def attach(self, on_frames: Callable[[list[codec.Frame]], None], on_lost: Callable[[], None]) -> None:
        """From now on the running loop reads. `on_lost` is called once a connection."""
        self._on_frames, self._on_lost = on_frames, on_lost
        self._loop = asyncio.get_running_loop()
        self._loop_thread = threading.get_ident()
        if not self._attached:
            self._attached = True
            send_before_exit(self._flush)
        with self._lock:
            assert self._socket is not None
            self._socket.setblocking(False)
            self._loop.add_reader(self._socket.fileno(), self._readable)
            self._flush()

    def receive(self) -> list[codec.Frame] | None:
        """Without a loop: waits for bytes. None: the channel is closed."""
        assert self._socket is not None
        try:
            data = self._socket.recv(_READ_BYTES)
            if data:
                return self._decoder.push(data)
        except (OSError, codec.FrameError):
            pass  # closed, or no channel any more: the same to the caller
        self.close()
        return None

    def fileno(self) -> int:
        return self._socket.fileno() if self._socket is not None else -1

    def send(self, frame: bytes, soon: bool = False) -> None:
        """`soon`: with what else the loop's tick sends."""
        with self._lock:
            if self._socket is None:
                return
            self._queue.append(frame)
            if self._rest is not None:
                self.pending += len(frame)
            elif not soon or not self._flush_at_tick():
                self._flush()

    def stream(self, frame: bytes) -> None:
        """Of an event: at once, when few do so; those of a burst together, in a moment, whatever the loop does."""
        with self._lock:
            if self._socket is None:
                return
            self._queue.append(frame)
            if self._rest is not None:
                self.pending += len(frame)
                return
            now = time.monotonic()
            if now >= self._moment_end:
                self._moment_end, self._left = now + _MOMENT_SECONDS, _AT_ONCE
            if self._left > 0:
                self._left -= 1
                return self._flush()
            self._waiting += len(frame)
            if self._waiting > _TOGETHER_BYTES:
                return self._flush()
            if not (self._flush_soon or self._reading):
                self._flush_at_tick()
            if not self._late.watching:
                self._late.watch()

    def log(self, run: Run | None, record: Mapping[str, Any]) -> None:
        body = json.dumps({"at": _now(), **record}).encode()
        if run is None or run.ended:
            self.send(codec.encode_frame(codec.LOG, 0, body))
        else:
            run.post(codec.LOG, body)

    def relieve(self, bound: int, seconds: float) -> bool:
        """Waits, in this thread, until less than `bound` bytes wait to be sent. False: they still do."""
        end = time.monotonic() + seconds
        while self.pending > bound:
            left = end - time.monotonic()
            connection = self._socket
            if left <= 0 or connection is None:
                return self.pending <= bound
            select.select([], [connection], [], min(left, 0.05))
            with self._lock:
                self._write_rest()
        return True

    def close(self) -> None:
        with self._lock:
            connection, self._socket = self._socket, None
            self._queue.clear()
            self._rest, self.pending = None, 0
            self._late.close()
        if connection is not None:
            if self._loop is not None and not self._loop.is_closed():
                self._loop.remove_reader(connection.fileno())
                self._loop.remove_writer(connection.fileno())
            connection.close()

    def abandon(self) -> None:
        """In a fork: the connection is the parent's. The loop's selector is shared with it and stays untouched."""
        self._lock = threading.RLock()
        self._late = Late(self._lock, self._flush)
        connection, self._socket = self._socket, None
        self._queue, self._rest, self.pending = [], None, 0
        if connection is not None:
            os.close(connection.detach())

    def flush_and_close(self, seconds: float) -> None:
        """Says that nothing more comes and waits until the server has read to there: what it writes to a closed socket
        fails, and with that it would lose what it had not read yet."""
        self.leaving = True
        with self._lock:
            self._flush()
        end = time.monotonic() + seconds
        if self.relieve(0, seconds) and self._socket is not None:
            with contextlib.suppress(OSError):  # it has closed first
                self._socket.shutdown(socket.SHUT_WR)
                self._read_to_end(end)
        self.close()

    def _read_to_end(self, end: float) -> None:
        connection = self._socket
        while connection is not None and (left := end - time.monotonic()) > 0:
            if select.select([connection], [], [], left)[0] and not connection.recv(_READ_BYTES):
                return

    def _flush_at_tick(self) -> bool:
        """False: this is not the loop's thread."""
        if self._loop is None or threading.get_ident() != self._loop_thread:
            return False
        if not self._flush_soon and not self._reading:
            self._flush_soon = True
            self._loop.call_soon(self._flush)
        return True

    def _flush(self) -> None:
        with self._lock:
            self._flush_soon = False
            self._waiting = 0
            if self._socket is None or self._rest is not None or not self._queue:
                return
            data = self._queue[0] if len(self._queue) == 1 else b"".join(self._queue)
            self._queue.clear()
            try:
                sent = self._socket.send(data)
            except OSError:  # no room now, or closed: looked at below
                sent = 0
            if sent < len(data):
                self._rest = memoryview(data)[sent:]
                self.pending = len(data) - sent
                self._write_rest()

    def _write_rest(self) -> None:
        while self._rest is not None and self._socket is not None:
            try:
                sent = self._socket.send(self._rest)
            except (BlockingIOError, InterruptedError):
                return self._wait_writable()
            except OSError:
                return  # the reader finds the channel closed, in its turn
            self._rest = self._rest[sent:]
            self.pending -= sent
            if len(self._rest) == 0:
                self._rest = None
                if self._queue:
                    self._rest = memoryview(b"".join(self._queue))
                    self._queue.clear()

    def _wait_writable(self) -> None:
        loop, connection = self._loop, self._socket
        if loop is None or connection is None:
            return
        if threading.get_ident() == self._loop_thread:
            loop.add_writer(connection.fileno(), self._writable)
        else:
            loop.call_soon_threadsafe(self._wait_if_needed)

    def _wait_if_needed(self) -> None:
        with self._lock:
            if self._rest is not None and self._socket is not None and self._loop is not None:
                self._loop.add_writer(self._socket.fileno(), self._writable)

    def _writable(self) -> None:
        with self._lock:
            self._write_rest()
            if self._rest is None and self._socket is not None and self._loop is not None:
                self._loop.remove_writer(self._socket.fileno())

    def _readable(self) -> None:
        connection = self._socket
        if connection is None:
            return
        try:
            data = connection.recv(_READ_BYTES)
            frames = self._decoder.push(data) if data else None
        except (BlockingIOError, InterruptedError):
            return
        except (OSError, codec.FrameError):
            frames = None
        if frames is None:
            self.close()
            self._on_lost()
        elif frames:
            self._answer(frames)

    def _answer(self, frames: list[codec.Frame]) -> None:
        """What is said at once to what was read leaves in one piece."""
        self._reading = True
        try:
            self._on_frames(frames)
        finally:
            self._reading = False
            if self._queue:
                self._flush()


_second = (0, "")


def _now() -> str:
    """RFC 3339, milliseconds, UTC."""
    global _second
    now = time.time()
    whole = int(now)
    if _second[0] != whole:
        _second = (whole, time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(whole)))
    return f"{_second[1]}.{int((now - whole) * 1000):03d}Z"
