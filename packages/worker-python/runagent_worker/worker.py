"""One worker process at work: frames in, runs out, until it is drained, orphaned or done.

The loop lives in the main thread; `ping` is answered from it, so that a function that blocks it is seen from outside.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any

from . import codec
from .agent import Agent, Lifespan
from .calling import Calls, Turns
from .channel import Channel
from .context import RunContext
from .entrypoint import Ready
from .greeting import hello_frame
from .loading import LoadError
from .logs import Logs
from .problems import Fault, agent_error
from .run import Run
from .settings import Settings

RECONNECT_SECONDS = 0.2
_read: Any = json.JSONDecoder().scan_once  # type: ignore[attr-defined]  not in the stubs
"""Of what the server has checked: without the second look that `json.loads` takes."""

ACK_SECONDS = 2.0
"""How long an ended worker waits for the acknowledgement of durable runs."""


class Worker:
    def __init__(self, settings: Settings, agent: Agent, channel: Channel, logs: Logs) -> None:
        self.settings = settings
        self.agent = agent
        self._channel = channel
        self._logs = logs
        self._limits: Any = SimpleNamespace(**agent.spec["limits"])
        self._runs: dict[int, Run] = {}
        self._entrypoints: dict[str, Ready] | None = None
        self._early: list[codec.Frame] = []
        self._draining = False
        self.orphaned = False
        self.before_runs: Callable[[], None] = lambda: None
        """Before those that came together; what one of them breaks is mended at its end (`last_words`)."""
        self.last_words: Callable[[], None] = lambda: None
        logs.running = self._running

    def make_ready(self) -> None:
        """Instances of classes: outside the loop, so that a constructor may use one of its own. Raises LoadError."""
        self._made = self.agent.ready(self._context_of)

    async def serve(self, frames: list[codec.Frame]) -> int:
        """The exit code."""
        self._stop = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        secrets = {name: os.environ[name] for name in self.agent.spec["secrets"] if name in os.environ}
        most = max((one.slots for one in self._made.values() if one.own_turn), default=1)
        self._calls = Calls(secrets, self._over, Turns(most, self.settings.mark))
        self._channel.attach(self._frames, self._lost)
        lifespan = None
        try:
            if self.agent.lifespan is not None:
                lifespan = Lifespan(self.agent.lifespan)
                await lifespan.entered()
        except Exception as error:
            body = {**agent_error(error), "code": "LOAD_FAILED"}
            body["detail"] = f"lifespan: {body['detail']}"
            self._channel.send(codec.encode_frame(codec.ERROR, 0, json.dumps(body).encode()))
            return 1
        self._entrypoints = self._made
        early, self._early = [*frames, *self._early], []
        self._frames(early)
        await self._stop.wait()
        return await self._end(lifespan)

    async def _end(self, lifespan: Lifespan | None) -> int:
        if self.orphaned:
            return 0
        if self._calls.background:
            await asyncio.wait(self._calls.background)
        await self.agent.close()
        if lifespan is not None:
            await lifespan.close()
        end = time.monotonic() + ACK_SECONDS
        while self._runs and time.monotonic() < end:
            await asyncio.sleep(0.01)
        self._calls.close()
        return 0

    def _frames(self, frames: list[codec.Frame]) -> None:
        self.before_runs()
        for frame in frames:
            kind, call, body = frame
            if kind == codec.INVOKE:
                if self._entrypoints is None:
                    self._early.append(frame)
                else:
                    self._invoke(self._entrypoints, call, body)
            elif kind == codec.PING:
                self._channel.send(codec.encode_frame(codec.PING, 0))
            elif kind == codec.DRAIN:
                self._draining = True
                self._stop_if_idle()
            elif call in self._runs:
                self._about(self._runs[call], kind, body)

    def _invoke(self, entrypoints: dict[str, Ready], call: int, body: bytes) -> None:
        try:
            message = _read(body.decode(), 0)[0]
        except (ValueError, RecursionError) as error:
            return self._refuse(
                call,
                Fault("INVALID_INPUT", f"the input cannot be read: {error}", [{"pointer": "", "detail": str(error)}]),
            )
        entrypoint = entrypoints.get(message["tag"])
        if entrypoint is None:
            return self._refuse(
                call, Fault("ENTRYPOINT_NOT_FOUND", f"this worker has no entrypoint {message['tag']!r}")
            )
        run = self._runs[call] = Run(call, message, self._channel, self._limits)
        run.last_words = self.last_words
        self._calls.start(run, entrypoint)

    def _refuse(self, call: int, fault: Fault) -> None:
        self._channel.send(codec.encode_frame(codec.ERROR, call, json.dumps(fault.body).encode()))

    def _about(self, run: Run, kind: int, body: bytes) -> None:
        if kind == codec.CANCEL:
            if not run.ended:
                stop = self._calls.recall if json.loads(body)["by"] == "recall" else self._calls.cancel
                stop(run)
        elif kind == codec.ACK:
            run.acknowledge(json.loads(body)["n"])
            if run.ended and not run.kept:
                self._over(run)

    def _context_of(self, run: Run) -> RunContext:
        return self._calls.context_of(run)

    def _running(self) -> list[Run]:
        """Those at work: what is printed may be theirs."""
        return [run for run in list(self._runs.values()) if run.begun and not run.ended]

    def _over(self, run: Run) -> None:
        """A run has sent its last frame. Any thread; the loop is woken only when there is something to stop."""
        if self._logs.wire is None:
            os._exit(0)  # a child that the agent forked came back from the function: the run is its parent's
        if not run.kept:
            self._runs.pop(run.call, None)
        if self.settings.once:
            self._draining = True
        if self._draining:
            self._loop.call_soon_threadsafe(self._stop_if_idle)

    def _stop_if_idle(self) -> None:
        if all(run.ended for run in list(self._runs.values())):
            self._stop.set()

    def _lost(self) -> None:
        """The server is gone. Without a time to look for another, so is this worker."""
        if self.settings.orphan_seconds <= 0:
            self.orphaned = True
            self._stop.set()
            return
        self._reconnecting = asyncio.get_running_loop().create_task(self._reconnect())

    async def _reconnect(self) -> None:
        end = time.monotonic() + self.settings.orphan_seconds
        while time.monotonic() < end:
            await asyncio.sleep(RECONNECT_SECONDS)
            held = [body for run in list(self._runs.values()) if (body := run.held()) is not None]
            try:
                hello, frames = self._channel.open(
                    self.settings.socket, hello_frame(self.settings, self.settings.role, held)
                )
            except (OSError, codec.FrameError):
                continue
            self._resume({one["call"]: one["after"] for one in hello["resume"]})
            self._channel.attach(self._frames, self._lost)
            self._frames(frames)
            return
        self.orphaned = True
        self._stop.set()

    def _resume(self, after: dict[int, int]) -> None:
        """Sends again what the server has not seen, in order and once: meanwhile no run adds a frame.

        Runs that the server does not go on with are cancelled, and silent.
        """
        with ExitStack() as still:
            for run in list(self._runs.values()):
                if run.call in after and run.room is not None:
                    still.enter_context(run.room)
                    run.acknowledge(after[run.call])
                else:
                    self._give_up(run)
            self._channel.speak()
            for run in list(self._runs.values()):
                for frame in run.kept or ():
                    self._channel.send(frame)

    def _give_up(self, run: Run) -> None:
        self._runs.pop(run.call, None)
        if not run.ended:
            run.ended = True
            self._calls.cancel(run)


def run_worker(worker: Worker, frames: list[codec.Frame]) -> int:
    """Runs the loop to its end, whatever the agent's own tasks throw at it."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    task = loop.create_task(worker.serve(frames))
    while not task.done():
        try:
            loop.run_until_complete(task)
        except (SystemExit, KeyboardInterrupt) as error:
            if task.done():
                raise
            print(f"a task of the agent raised {type(error).__name__}", file=sys.stderr)
    return task.result()


def report_load_error(channel: Channel, error: LoadError) -> None:
    channel.send(codec.encode_frame(codec.ERROR, 0, json.dumps(error.body, default=str).encode()))
