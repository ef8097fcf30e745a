"""File descriptors 1 and 2: what C code and child processes write there becomes log records too.

While an agent is imported they are files, because a template must not have a thread; in a worker they are pipes with a
thread that reads them.
"""

from __future__ import annotations

import contextvars
import fcntl
import os
import select
import tempfile
import threading
from typing import Any

from .logs import Logs, StreamName

_STREAMS: tuple[tuple[int, StreamName], ...] = ((1, "stdout"), (2, "stderr"))
_READ_BYTES = 64 * 1024
_KEPT_FROM = 64
"""Spare descriptors are numbered from here: low numbers are what an agent closes in a row."""


class ImportOutput:
    """Takes what is written during an import; `hand_over` makes records of it."""

    def __init__(self) -> None:
        self._files: list[tuple[StreamName, Any]] = [(stream, tempfile.TemporaryFile()) for _, stream in _STREAMS]
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)  # an agent that asks the terminal gets its end, not the server's input
        os.close(nothing)
        for (fd, _), (_, file) in zip(_STREAMS, self._files):
            os.dup2(file.fileno(), fd)

    def hand_over(self, logs: Logs) -> None:
        for stream, file in self._files:
            file.seek(0)
            while data := file.read(_READ_BYTES):
                logs.write(stream, data)
            file.seek(0)
            file.truncate()


class PipedOutput:
    """Reads both pipes until `close`."""

    def __init__(self, logs: Logs) -> None:
        self._logs = logs
        self._streams: dict[int, StreamName] = {}
        self._spare: dict[int, int] = {0: _spare(0)}
        for fd, stream in _STREAMS:
            reading, writing = os.pipe()
            os.dup2(writing, fd)
            self._spare[fd] = _spare(writing)
            os.close(writing)
            self._streams[reading] = stream
        self._wake, self._woken_by = os.pipe()
        self._reading = threading.Lock()
        self._ready = select.poll()
        for fd in self._streams:
            self._ready.register(fd, select.POLLIN)
        for fd in self._spare:
            self._ready.register(fd, 0)
        self._thread = threading.Thread(target=self._read, name="runagent-output", daemon=True)
        self._thread.start()

    def mend(self) -> None:
        """A run may close its descriptors; the next one of its process has them again."""
        for fd in self._spare:
            self._mend(fd)

    def read_out(self) -> None:
        """What was written so far is handed over when this returns: a run's own lines come before its end.

        One look of the kernel for all of it, with every run: whether its descriptors are still there, too.
        """
        if self._logs.wire is None:
            return  # a child that the agent forked: what it writes is its parent's to read
        with self._reading:
            while ready := self._ready.poll(0):
                for fd, _ in ready:
                    if fd in self._spare:
                        if not self._mend(fd):
                            self._ready.unregister(fd)
                        continue
                    # Nobody's context: which run it is, the logs find out as they do for the thread that reads.
                    if not contextvars.Context().run(self._take, fd):
                        self._ready.unregister(fd)

    def _mend(self, fd: int) -> bool:
        """False: it was there, or cannot be mended."""
        spare = self._spare[fd]
        if _is_open(fd) or not _is_open(spare):
            return False
        os.dup2(spare, fd)
        return True

    def close(self) -> None:
        """Reads what is there, then ends."""
        os.write(self._woken_by, b".")
        self._thread.join(1.0)

    def _read(self) -> None:
        waiting = select.poll()
        for fd in (*self._streams, self._wake):
            waiting.register(fd, select.POLLIN)
        open_streams: Any = dict(self._streams)
        while open_streams:
            ready = [fd for fd, _ in waiting.poll()]
            for fd in ready:
                if fd in open_streams and not self._take_if_ready(fd):
                    waiting.unregister(fd)
                    del open_streams[fd]
            if ready == [self._wake]:
                return

    def _take_if_ready(self, fd: int) -> bool:
        """False: its other end is closed. A run that ended in between may have read it already."""
        with self._reading:
            still = any(ready == fd for ready, _ in self._ready.poll(0))
            return not still or self._take(fd)

    def _take(self, fd: int) -> bool:
        data = os.read(fd, _READ_BYTES)
        if data:
            self._logs.write(self._streams[fd], data)
        return bool(data)


def _spare(fd: int) -> int:
    """Programs that the agent starts do not get it."""
    return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _KEPT_FROM)


def _is_open(fd: int) -> bool:
    try:
        os.get_inheritable(fd)
    except OSError:
        return False
    return True
