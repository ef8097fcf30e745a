"""One invocation inside the worker: what it was asked, what it sends, whether it shall stop.

Frames of a run are counted from 1; those of a durable run are kept until the server acknowledges them. After its end it
sends nothing (R1).
"""

from __future__ import annotations

import asyncio
import contextvars
import json
import threading
from collections import deque
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol

from . import codec
from .leaving import encode
from .problems import Fault

if TYPE_CHECKING:
    from .context import RunContext

CURRENT: contextvars.ContextVar[Run | None] = contextvars.ContextVar("runagent_run", default=None)
"""The run that this code belongs to: how prints and connections find it."""


_TYPES = ("chunk", "text", "reasoning", "tool.call", "tool.result", "custom", "usage")
_LINES = {name: name.encode() + b"\n" for name in _TYPES}
_CANCELLED = b'{"code":"RUN_CANCELLED","detail":"the run was cancelled before it began"}'


class Wire(Protocol):
    """Where frames go. Any thread."""

    pending: int

    def send(self, frame: bytes, soon: bool = False) -> None: ...
    def stream(self, frame: bytes) -> None: ...
    def log(self, run: Run | None, record: Mapping[str, Any]) -> None: ...
    def relieve(self, bound: int, seconds: float) -> bool: ...


class Limits(Protocol):
    event: int
    output: int
    channel_held: int
    session_bytes: int


def _nothing() -> None:
    pass


class Run:
    __slots__ = (
        "begun",
        "call",
        "cancelled",
        "context",
        "count",
        "durable",
        "ended",
        "id",
        "interrupted",
        "kept",
        "kept_bytes",
        "last_words",
        "limits",
        "loop_thread",
        "message",
        "partial",
        "room",
        "task",
        "wire",
    )

    def __init__(self, call: int, message: dict[str, Any], wire: Wire, limits: Limits) -> None:
        self.call = call
        self.id: str = message["run_id"]
        self.message = message
        self.durable: bool = message["durable"]
        self.wire = wire
        self.limits = limits
        self.begun = False
        self.cancelled = False
        self.ended = False
        self.task: asyncio.Task[None] | None = None
        self.loop_thread = False
        self.count = 0
        self.kept: deque[bytes] | None = None
        self.kept_bytes = 0
        self.context: RunContext | None = None
        self.interrupted: list[dict[str, Any]] | None = None
        self.partial: Any = None
        self.room: threading.Condition | None = None
        self.last_words: Callable[[], None] = _nothing
        """Hands over what the run wrote past Python."""
        if self.durable:
            self.kept = deque()
            self.room = threading.Condition()

    def post(self, kind: int, body: bytes, soon: bool = False) -> None:
        if self.ended:
            return
        frame = codec.encode_frame(kind, self.call, body)
        if self.room is None:
            self.wire.send(frame, soon)
            return
        with self.room:
            self._keep(frame)
            self.wire.send(frame, soon)

    def _keep(self, frame: bytes) -> None:
        assert self.kept is not None
        self.count += 1
        self.kept.append(frame)
        self.kept_bytes += len(frame)

    def end(self, kind: int, body: bytes) -> None:
        """The last frame, after what was printed, the lines that have no end yet too."""
        if not self.ended:
            self.last_words()
        if self.partial is not None and not self.ended:
            for record in self.partial.rest():
                self.wire.log(self, record)
        self.post(kind, body, soon=True)
        self.ended = True

    def give_back(self) -> None:
        """The end of a run that has not begun: it is on its way before another begins."""
        self.post(codec.ERROR, _CANCELLED)
        self.ended = True

    def event(self, name: str, data: Any) -> None:
        text = encode(data, self.note)
        if len(text) > self.limits.event:
            raise Fault("EVENT_TOO_LARGE", f"an event of {len(text)} bytes; at most {self.limits.event}")
        if self.ended:
            return
        frame = codec.encode_frame(codec.EVENT, self.call, _LINES[name] + text)
        if self.room is None:
            self.wire.stream(frame)
            return
        with self.room:
            self._keep(frame)
            self.wire.stream(frame)

    def note(self, text: str) -> None:
        self.wire.log(self, {"level": "warning", "stream": "logging", "message": text})

    def fail(self, body: Mapping[str, Any]) -> None:
        self.end(codec.ERROR, json.dumps(body, ensure_ascii=True, default=str).encode())

    def acknowledge(self, n: int) -> None:
        """Frames up to n may be forgotten."""
        if self.room is None or self.kept is None:
            return
        with self.room:
            while self.kept and self.count - len(self.kept) < n:
                self.kept_bytes -= len(self.kept.popleft())
            self.room.notify_all()

    @property
    def is_held_up(self) -> bool:
        """So much waits for an acknowledgement that the function has to wait."""
        return self.kept_bytes > self.limits.channel_held and not self.cancelled

    def held(self) -> dict[str, Any] | None:
        """What a server that comes back is told. None: nothing of it can be resumed."""
        if self.kept is None:
            return None
        body = {"call": self.call, "run_id": self.id, "attempt": self.message["attempt"], "ended": self.ended}
        return {**body, "first": self.count - len(self.kept) + 1, "last": self.count}
