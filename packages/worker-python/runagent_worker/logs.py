"""What an agent prints or logs becomes records of the right run, never protocol (W3).

Python's own streams are replaced by ours; `logging` handlers that write to them keep their level. A stream that the
agent closes goes on: the next run needs it too.
"""

from __future__ import annotations

import io
import logging
import os
import sys
import threading
import weakref
from collections.abc import Callable
from typing import Any, Literal

from .run import CURRENT, Run, Wire

StreamName = Literal["stdout", "stderr"]
LEVELS: dict[str, str] = {"stdout": "info", "stderr": "warning"}
WAITING_BYTES = 4 * 1024 * 1024
"""So much may wait for the socket before a print has to, and is dropped in the end."""

RECORD_BYTES = 64
"""What a record takes beside its message, as the server counts."""

_WAIT_SECONDS = 2.0


class Logs:
    """Knows where a line belongs, cuts it, and hands it to the wire."""

    def __init__(self, line_bytes: int, run_bytes: int) -> None:
        self.line_bytes = line_bytes
        self._run_bytes = run_bytes
        self.wire: Wire | None = None
        self.running: Callable[[], list[Run]] = list
        self._dropped = 0
        self._threads: weakref.WeakKeyDictionary[threading.Thread, Run] = weakref.WeakKeyDictionary()
        self._loose = Lines(line_bytes)

    def install(self) -> None:
        sys.stdout = sys.__stdout__ = _TextStream(self, "stdout")  # pyright: ignore[reportConstantRedefinition]  to take it over is the point
        sys.stderr = sys.__stderr__ = _TextStream(self, "stderr")  # pyright: ignore[reportConstantRedefinition]  to take it over is the point
        _catch_logging(self)
        _follow_threads(self._threads)

    def current(self) -> Run | None:
        """The run that prints: by its context, by the thread that it started, or because it is the only one."""
        run = CURRENT.get()
        if run is not None:
            return None if run.ended else run
        run = self._threads.get(threading.current_thread())
        if run is not None and not run.ended:
            return run
        running = self.running()
        return running[0] if len(running) == 1 else None

    def write(self, stream: StreamName, data: bytes) -> None:
        if self.wire is None:
            os.write(1 if stream == "stdout" else 2, data)  # a child that the agent forked: its parent reads it there
            return
        run = self.current()
        for line in self._lines_of(run).push(stream, data):
            self._hand_over(run, _line_record(stream, line))

    def record(self, level: str, message: str) -> None:
        """Of a `logging` handler."""
        data = message.encode("utf-8", "replace")
        if len(data) > self.line_bytes:
            message = _cut(data, self.line_bytes)
        self._hand_over(self.current(), {"level": level, "stream": "logging", "message": message})

    def _lines_of(self, run: Run | None) -> Lines:
        if run is None:
            return self._loose
        if run.partial is None:
            run.partial = Lines(self.line_bytes)
        return run.partial

    def _hand_over(self, run: Run | None, record: dict[str, str]) -> None:
        wire = self.wire
        if wire is None or (run is not None and self._lines_of(run).is_spent(record, self._run_bytes)):
            return
        if wire.pending > WAITING_BYTES and not wire.relieve(WAITING_BYTES, _WAIT_SECONDS):
            self._dropped += 1
            return
        if self._dropped:
            lost, self._dropped = self._dropped, 0
            wire.log(run, {**record, "level": "warning", "message": f"[{lost} lines were dropped: nobody took them]"})
        wire.log(run, record)


class Lines:
    """The lines of a run that have no end yet, of each stream."""

    def __init__(self, bound: int) -> None:
        self._said = 0
        self._cutters: dict[StreamName, LineCutter] = {"stdout": LineCutter(bound), "stderr": LineCutter(bound)}

    def push(self, stream: StreamName, data: bytes) -> list[str]:
        return self._cutters[stream].push(data)

    def is_spent(self, record: dict[str, str], most: int) -> bool:
        """Whether the run has said all that is kept of one. What passes the bound still goes: the server says it."""
        if self._said > most:
            return True
        self._said += RECORD_BYTES + len(record["message"])
        return False

    def rest(self) -> list[dict[str, str]]:
        """Records of what is left at the end."""
        return [_line_record(stream, line) for stream, cutter in self._cutters.items() for line in cutter.rest()]


class LineCutter:
    """Bytes in any cutting → lines. A line above the bound is cut, and says so."""

    def __init__(self, bound: int) -> None:
        self._bound = bound
        self._rest = bytearray()
        self._skipped = 0

    def push(self, data: bytes) -> list[str]:
        if data == b"\n" and not self._skipped:
            return [self._taken()]
        lines = data.split(b"\n")
        result: list[str] = []
        for part in lines[:-1]:
            self._add(part)
            result.append(self._taken())
        if lines[-1]:
            self._add(lines[-1])
        return result

    def rest(self) -> list[str]:
        return [self._taken()] if self._rest else []

    def _add(self, part: bytes) -> None:
        room = self._bound - len(self._rest)
        self._rest += part[:room]
        self._skipped += max(0, len(part) - room)

    def _taken(self) -> str:
        line = self._rest.decode("utf-8", "replace")
        if line.endswith("\r"):
            line = line[:-1]
        if self._skipped:
            line += f" [cut: {self._skipped} more bytes]"
        self._rest.clear()
        self._skipped = 0
        return line


def _line_record(stream: StreamName, line: str) -> dict[str, str]:
    return {"level": LEVELS[stream], "stream": stream, "message": line}


def _cut(data: bytes, bound: int) -> str:
    return data[:bound].decode("utf-8", "replace") + f" [cut: {len(data) - bound} more bytes]"


class _ByteStream(io.BufferedIOBase):
    def __init__(self, logs: Logs, stream: StreamName) -> None:
        self._logs = logs
        self._stream: StreamName = stream
        self.name = f"<{stream}>"
        self.mode = "wb"

    def writable(self) -> bool:
        return True

    def write(self, data: Any, /) -> int:
        whole = bytes(data)
        self._logs.write(self._stream, whole)
        return len(whole)

    def fileno(self) -> int:
        return 1 if self._stream == "stdout" else 2

    def close(self) -> None:
        """The agent may close its stream; the process still has it."""

    def detach(self) -> Any:
        return self


class _TextStream(io.TextIOWrapper):
    def __init__(self, logs: Logs, stream: StreamName) -> None:
        super().__init__(_ByteStream(logs, stream), "utf-8", "backslashreplace", write_through=True)  # type: ignore[arg-type]  a raw stream would do, the stubs want more
        self.runagent_logs = logs

    def close(self) -> None:
        """See `_ByteStream.close`."""

    def detach(self) -> Any:
        return self.buffer


def _catch_logging(logs: Logs) -> None:
    """A StreamHandler that writes to our stream hands over the level too."""
    emit = logging.StreamHandler.emit

    def emit_record(handler: Any, record: logging.LogRecord) -> None:
        if not isinstance(handler.stream, _TextStream):
            return emit(handler, record)
        try:
            logs.record(_level(record.levelno), handler.format(record))
        except Exception:  # as the standard handler does: a wrong format string is the handler's to report
            handler.handleError(record)

    logging.StreamHandler.emit = emit_record  # type: ignore[method-assign]  to take it over is the point


def _level(number: int) -> str:
    if number >= logging.ERROR:
        return "error"
    if number >= logging.WARNING:
        return "warning"
    return "info" if number >= logging.INFO else "debug"


def _follow_threads(started_by: weakref.WeakKeyDictionary[threading.Thread, Run]) -> None:
    """A thread prints into the run that started it."""
    start = threading.Thread.start

    def start_thread(thread: threading.Thread) -> None:
        run = CURRENT.get()
        if run is not None:
            started_by[thread] = run
        start(thread)

    threading.Thread.start = start_thread  # type: ignore[method-assign]  to take it over is the point
