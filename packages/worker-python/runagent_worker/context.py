"""What a function may know and do about its run (frameworks.md §2): handed over as `context`.

The same calls in plain functions and in coroutines: there what they return may be awaited, and need not be.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import datetime
import inspect
import json
from collections.abc import Awaitable, Callable, Generator, Mapping
from types import MappingProxyType
from typing import Any, NoReturn

from . import codec
from .leaving import encode
from .problems import Fault
from .run import Run


class Interrupted(BaseException):
    """Ends the execution: the run waits for a person. Not an Exception, so that `except Exception` lets it pass."""


class Ready:
    """A value that is there already, for those who await it."""

    __slots__ = ("_value",)

    def __init__(self, value: Any = None) -> None:
        self._value = value

    def __await__(self) -> Generator[Any, None, Any]:
        return self._value
        yield


DONE = Ready()
NO_SECRETS: Mapping[str, str] = MappingProxyType({})


class RunContext:
    """One run, as its function sees it."""

    def __init__(self, run: Run, secrets: Mapping[str, str], keep: Callable[[Any], None]) -> None:
        message = run.message
        self.run = run
        self._keep = keep
        self._session: Any = None
        self._session_before: bytes | None = None
        self._steps = [*message.get("steps", ())]
        self.answers: list[Any] = message.get("answers", [])
        self._asked = 0
        self.run_id = run.id
        self.attempt: int = message["attempt"]
        self.session_id: str | None = message["session_id"]
        self.user: str | None = message["user"]
        self.secrets = secrets

    @property
    def session(self) -> Any:
        """The conversation's state; saved when the run succeeds."""
        if self._session_before is None:
            saved = self.run.message["session"]
            self._session = {} if saved is None else saved
            self._session_before = encode(self._session, self.run.note)
        return self._session

    @session.setter
    def session(self, value: Mapping[str, Any]) -> None:
        _ = self.session
        self._session = value

    @property
    def deadline(self) -> datetime.datetime:
        return datetime.datetime.fromtimestamp(self.run.message["deadline"] / 1000, datetime.timezone.utc)

    @property
    def cancelled(self) -> bool:
        """The run shall stop: a plain function returns soon, or its process is killed."""
        return self.run.cancelled

    def emit(self, name: str, data: Any = None) -> Any:
        """A `custom` event."""
        return self._event("custom", {"name": str(name), "data": data})

    def text(self, delta: str) -> Any:
        """A piece of what a person reads."""
        return self._event("text", {"delta": str(delta)})

    def step(self, name: str, fn: Callable[[], Any] | Awaitable[Any]) -> Any:
        """Runs `fn` once per run: an execution after an interrupt gets the value that it gave the first time."""
        for index, done in enumerate(self._steps):
            if done["name"] == name:
                del self._steps[index]
                if inspect.iscoroutine(fn):
                    fn.close()
                return Ready(done["value"]) if self.run.loop_thread else done["value"]
        if self.run.loop_thread:
            return self._step(name, fn)
        value = fn() if callable(fn) else fn
        if inspect.isawaitable(value):
            return self._step(name, value)
        self.finish_step(name, value)
        return value

    def interrupt(self, question: Any, schema: Any = None) -> Any:
        """Asks a person. The first time it ends the execution; after the answer it returns it."""
        index, self._asked = self._asked, self._asked + 1
        if index < len(self.answers):
            answer = self.answers[index]
            return Ready(answer) if self.run.loop_thread else answer
        return self.wait_for([{"id": f"i{index + 1}", "question": question, "schema": schema}])

    def wait_for(self, interrupts: list[dict[str, Any]]) -> NoReturn:
        """Ends the execution; for adapters, whose frameworks may ask several things at once."""
        self.run.interrupted = json.loads(encode(interrupts, self.run.note))
        raise Interrupted

    def finished_step(self, name: str) -> Any:
        """The value of the last step of that name in earlier executions, or None."""
        return next((done["value"] for done in reversed(self._steps) if done["name"] == name), None)

    def finish_step(self, name: str, value: Any) -> None:
        body = b'{"name":' + json.dumps(name).encode() + b',"value":' + encode(value, self.run.note) + b"}"
        self.run.post(codec.STEP, body)

    def wait_until(self, x: Any) -> Any:
        """Keeps the worker busy with an awaitable after the answer, up to the drain time."""
        if not (inspect.isawaitable(x) or isinstance(x, concurrent.futures.Future)):
            raise TypeError(f"wait_until takes an awaitable, not {type(x).__name__}")
        self._keep(x)
        return DONE if self.run.loop_thread else None

    def changed_session(self) -> bytes | None:
        """The session's new state, if it is another. Raises what says that it cannot be saved."""
        if self._session_before is None or self.session_id is None:
            return None
        try:
            state = encode(self._session, self.run.note)
        except Fault as fault:
            raise Fault(fault.code, f"the session: {fault.detail}", fault.body.get("errors", ())) from fault
        return None if state == self._session_before else state

    def _event(self, kind: str, data: Any) -> Any:
        self.run.event(kind, data)
        return DONE if self.run.loop_thread else None

    async def _step(self, name: str, fn: Any) -> Any:
        value = fn() if callable(fn) else fn
        if inspect.isawaitable(value):
            value = await value
        self.finish_step(name, value)
        return value


async def settle(x: Any) -> None:
    """Waits for what `wait_until` was given; its failure is logged by whoever keeps it."""
    await (asyncio.wrap_future(x) if isinstance(x, concurrent.futures.Future) else x)
