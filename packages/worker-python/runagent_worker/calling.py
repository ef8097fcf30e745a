"""Calls an entrypoint and sends what comes of it. What comes back decides, not the function (frameworks.md §1).

Coroutines run as tasks on the loop, plain functions and sync generators in a thread; a run ends exactly once (R1).
"""

from __future__ import annotations

import asyncio
import contextvars
import functools
import inspect
import json
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import CoroutineType
from typing import Any, Protocol

from . import codec
from .adapters.port import Drained
from .context import Interrupted, RunContext, settle
from .leaving import encode
from .problems import AGENT_PROBLEM, NO_LOOP, Fault, agent_error, class_name, message_of
from .run import CURRENT, Run
from .streaming import RunCancelled, drain, drain_async, is_iterator
from .threads import Threads, in_own_thread
from .tracing import follow

_PLAIN = frozenset({dict, list, str, int, float, bool, tuple, type(None)})
_EAGER_TASK: Any = functools.partial(asyncio.Task, eager_start=True) if sys.version_info >= (3, 12) else None
_ROOM_SECONDS = 60.0
"""How long a run waits until the end of the one before it has left the process."""


class Callee(Protocol):
    """An entrypoint, ready in this worker."""

    kind: str
    on_loop: bool
    call: Callable[[Run], Any]
    own_turn: bool


@dataclass
class Turns:
    """How plain functions take turns."""

    most: int
    """Runs at work at a time."""
    mark: Any
    """A buffer for the number of the call that began last."""


class Calls:
    def __init__(self, secrets: Mapping[str, str], over: Callable[[Run], None], turns: Turns) -> None:
        self._secrets = secrets
        self._over = over
        self._mark = turns.mark
        self._threads = Threads(turns.most)
        self._turn = threading.Lock()
        self._loop = asyncio.get_running_loop()
        self._base = contextvars.copy_context()
        self.background: set[asyncio.Task[None]] = set()

    def start(self, run: Run, callee: Callee) -> None:
        if callee.own_turn:
            context = self._base.copy()
            self._threads.submit(lambda: context.run(self._in_turn, run, callee))
        else:
            run.begun = True
            run.task = self._task(self._on_loop(run, callee))

    def _task(self, work: CoroutineType[Any, Any, None]) -> asyncio.Task[None]:
        """It begins at once, where Python has such: a coroutine that never waits then needs no turn of the loop."""
        if _EAGER_TASK is not None and self._loop.get_task_factory() is None:
            return _EAGER_TASK(work, loop=self._loop)
        return self._loop.create_task(work)

    def recall(self, run: Run) -> bool:
        """A run that has not begun never does: that is its end. False: it has begun."""
        with self._turn:
            if run.begun:
                return False
            run.begun = run.cancelled = True
            run.give_back()
        self._over(run)
        return True

    def cancel(self, run: Run) -> None:
        if self.recall(run):
            return
        run.cancelled = True
        if run.room is not None:
            with run.room:
                run.room.notify_all()
        if run.task is not None and run.loop_thread:
            run.task.cancel()

    def context_of(self, run: Run) -> RunContext:
        if run.context is None:
            run.context = RunContext(run, self._secrets, self._keep)
        return run.context

    def close(self) -> None:
        self._threads.close()

    async def _on_loop(self, run: Run, callee: Callee) -> None:
        CURRENT.set(run)
        follow(run.message.get("traceparent"))
        run.loop_thread = True
        try:
            if run.cancelled:
                raise RunCancelled
            value = callee.call(run)
            if type(value) is CoroutineType:
                value = await value
            if type(value) in _PLAIN:
                self._succeed(run, callee, b"value\n", value)
            else:
                await self._deliver(run, callee, value)
        except BaseException as error:  # SystemExit and KeyboardInterrupt too are this run's error
            self._failed(run, error)
        self._over(run)

    def _in_turn(self, run: Run, callee: Callee) -> None:
        """In a thread, when those before it have ended and said so: who looks from outside knows which one it is."""
        if run.wire.pending > 0:
            run.wire.relieve(0, _ROOM_SECONDS)
        with self._turn:
            if run.begun:
                return
            run.begun = True
            codec.CALL.pack_into(self._mark, 0, run.call)
        if callee.on_loop:
            self._move_to_loop(run, callee)
        else:
            self._in_thread(run, callee)

    def _in_thread(self, run: Run, callee: Callee) -> None:
        CURRENT.set(run)
        follow(run.message.get("traceparent"))
        try:
            if run.cancelled:
                raise RunCancelled
            value = _finished(callee.call(run), self._loop)
            if type(value) in _PLAIN:
                self._succeed(run, callee, b"value\n", value)
            elif is_iterator(value) and callee.kind != "batch":
                self._succeed(run, callee, b"stream\n", drain(run, value))
            elif _needs_loop(value):
                self._move_to_loop(run, _resolved(value, callee))
                return
            else:
                self._succeed(run, callee, b"value\n", value)
        except RuntimeError as error:
            if message_of(error) == NO_LOOP:
                # a plain function that needs the running loop to make its awaitable: it is called there from now on
                callee.on_loop = True
                self._move_to_loop(run, callee)
                return
            self._failed(run, error)
        except BaseException as error:
            self._failed(run, error)
        self._over(run)

    def _move_to_loop(self, run: Run, callee: Callee) -> None:
        """The thread stays with the run: it is still its turn."""
        ended = threading.Event()

        def go_on() -> None:
            run.task = self._loop.create_task(self._on_loop(run, callee))
            run.task.add_done_callback(lambda _: ended.set())

        self._loop.call_soon_threadsafe(go_on, context=contextvars.copy_context())
        ended.wait()

    async def _deliver(self, run: Run, callee: Callee, value: Any) -> None:
        if isinstance(value, Drained):
            return self._succeed(run, callee, b"stream\n", value.value)
        if callee.kind != "batch":
            if hasattr(value, "__aiter__"):
                await drain_async(run, value)
                return self._succeed(run, callee, b"stream\n", None)
            if is_iterator(value):
                context = contextvars.copy_context()
                returned = await in_own_thread(lambda: context.run(drain, run, value))
                return self._succeed(run, callee, b"stream\n", returned)
        if inspect.isawaitable(value):
            return await self._deliver(run, callee, await value)
        if hasattr(value, "__aenter__") and hasattr(value, "__aexit__"):
            async with value as inner:
                return await self._deliver(run, callee, inner)
        return self._succeed(run, callee, b"value\n", value)

    def _succeed(self, run: Run, callee: Callee, word: bytes, value: Any) -> None:
        if run.interrupted is not None:
            return self._interrupted(run)
        if callee.kind == "batch":
            value = _batch_items(value, run.message["input"])
        if value is None and word == b"stream\n":
            text = b""
        else:
            text = encode(value, run.note)
            if len(text) > run.limits.output:
                raise Fault("OUTPUT_TOO_LARGE", f"an output of {len(text)} bytes; at most {run.limits.output}")
        if run.context is not None:
            self._save_session(run, run.context)
        run.end(codec.RESULT, word + text)

    def _save_session(self, run: Run, context: RunContext) -> None:
        state = context.changed_session()
        if state is None:
            return
        if len(state) > run.limits.session_bytes:
            most = run.limits.session_bytes
            raise Fault("OUTPUT_TOO_LARGE", f"the session's state has {len(state)} bytes; at most {most}")
        run.post(codec.STATE, state, soon=True)

    def _failed(self, run: Run, error: BaseException) -> None:
        if isinstance(error, Interrupted) or run.interrupted is not None:
            self._interrupted(run)
        elif isinstance(error, RunCancelled) or (run.cancelled and isinstance(error, asyncio.CancelledError)):
            run.fail({"code": "RUN_CANCELLED", "detail": "the run was cancelled"})
        else:
            run.fail(agent_error(error))

    def _interrupted(self, run: Run) -> None:
        body = {"interrupts": run.interrupted}
        run.end(codec.INTERRUPT, json.dumps(body, default=str).encode())

    def _keep(self, x: Any) -> None:
        """`wait_until`: any thread."""
        run = CURRENT.get()

        def begin() -> None:
            task = self._loop.create_task(settle(x))
            self.background.add(task)
            task.add_done_callback(lambda done: self._kept(done, run))

        self._loop.call_soon_threadsafe(begin, context=contextvars.copy_context())

    def _kept(self, task: asyncio.Task[None], run: Run | None) -> None:
        self.background.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is not None and run is not None:
            text = f"wait_until: {class_name(error)}: {message_of(error)}"
            run.wire.log(None, {"level": "error", "stream": "logging", "message": text})


class _Resolved:
    """What a plain function returned and the loop goes on with."""

    def __init__(self, value: Any, kind: str) -> None:
        self.kind = kind
        self.on_loop = True
        self.own_turn = False
        self.call: Callable[[Run], Any] = lambda _: value


def _resolved(value: Any, callee: Callee) -> Callee:
    return _Resolved(value, callee.kind)


def _finished(value: Any, ours: asyncio.AbstractEventLoop) -> Any:
    """A task that a plain function made on its thread's own loop ends on that loop."""
    if isinstance(value, asyncio.Future) and value.get_loop() is not ours and not value.get_loop().is_running():
        return value.get_loop().run_until_complete(value)
    return value


def _needs_loop(value: Any) -> bool:
    return hasattr(value, "__aiter__") or hasattr(value, "__aenter__") or inspect.isawaitable(value)


def _batch_items(value: Any, given: list[Any]) -> list[Any]:
    if not isinstance(value, (list, tuple)) and hasattr(value, "tolist"):
        value = value.tolist()
    if not isinstance(value, (list, tuple)) or hasattr(value, "_fields"):
        raise Fault("BATCH_MISMATCH", f"expected a list of {len(given)} items, got {type(value).__name__}")
    if len(value) != len(given):
        raise Fault("BATCH_MISMATCH", f"expected a list of {len(given)} items, got {len(value)}")
    return [_failure(item) if isinstance(item, BaseException) else item for item in value]


def _failure(error: BaseException) -> dict[str, Any]:
    told = agent_error(error)
    more = {name: told[key] for name, key in (("exception", "type"), ("traceback", "traceback")) if key in told}
    return {"error": {**AGENT_PROBLEM, "detail": told["detail"], **more}}
