"""AutoGen AgentChat agents and teams: `run_stream(task=…)` on a copy per run; a session is what `save_state` gives.

Where no copy can be made, runs take turns on the object itself, reset in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from ..binding import CHAT_SCHEMA
from .autogen_copy import Copier
from .autogen_events import TeamEvents, models_of, output_of
from .autogen_task import add_history, read_task
from .port import Adapted, Drained

VERBS = ("run", "run_stream")
NEEDS = ("run_stream", "save_state", "load_state")
HELPERS = {"autogen_agentchat.ui._console.Console": "the agent or team whose stream it prints"}

_SCHEMA = {
    "type": "object",
    "properties": {**CHAT_SCHEMA["properties"], "task": {"description": "text, or AgentChat's messages"}},
    "anyOf": [*CHAT_SCHEMA["anyOf"], {"required": ["task"]}],
}


def adapt(runner: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    streams_always = verb == "run_stream" or spec.get("type") == "generic_stream"
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]

    def make() -> Any:
        call = _Runner(runner, f"{spec['file']}:{name}")
        return call.streamed if streams_always else call.whole if verb else call.as_asked

    return Adapted(
        name="autogen",
        make=make,
        kind="generic_stream" if streams_always else "async",
        shape="chat",
        input_schema=_SCHEMA,
        streams=streams_always or verb is None,
        description=getattr(runner, "description", None),
    )


class _Runner:
    def __init__(self, runner: Any, key: str) -> None:
        self._runner = runner
        self._key = key
        self._copier = Copier(runner)
        self._models = models_of(runner)
        self._turns = asyncio.Lock()

    async def as_asked(self, value: Any, context: Any) -> Any:
        return await self._run(value, context, bool(context.run.message["stream"]))

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self._run(value, context, True))

    async def whole(self, value: Any, context: Any) -> Any:
        return await self._run(value, context, False)

    async def _run(self, value: Any, context: Any, with_text: bool) -> Any:
        asked = read_task(value)
        kept = context.session_id is not None
        saved = context.session.get("autogen", {}).get(self._key) if kept else None
        async with self._own(context) as runner:
            if saved is not None:
                await runner.load_state(saved)
                task = asked.messages
            else:
                task = await add_history(runner, asked)
            events = TeamEvents(context.run, self._models, task, with_text=with_text)
            result = await _drained(runner, task, events)
            if kept:
                state = await runner.save_state()
                context.session.setdefault("autogen", {})[self._key] = dict(state)
        return output_of(result)

    @asynccontextmanager
    async def _own(self, context: Any) -> AsyncGenerator[Any]:
        """An object that no other run uses."""
        copied, why = self._copier.copy()
        if copied is not None:
            yield copied
            return
        if why is not None:
            context.run.note(f"the runs of this agent take turns: it cannot be copied ({why})")
        async with self._turns:
            await _reset(self._runner)
            yield self._runner


async def _reset(runner: Any) -> None:
    if hasattr(runner, "reset"):
        await runner.reset()
    else:
        from autogen_core import CancellationToken  # the agent's own

        await runner.on_reset(CancellationToken())


async def _drained(runner: Any, task: list[Any], events: TeamEvents) -> Any:
    """In a task of its own: a team that is cancelled waits for its members, and the token is what stops those."""
    from autogen_core import CancellationToken  # the agent's own

    token = CancellationToken()

    async def take_all() -> Any:
        last: Any = None
        async for item in runner.run_stream(task=task, cancellation_token=token):
            events.take(item)
            last = item
        return last

    running = asyncio.ensure_future(take_all())
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        token.cancel()
        running.cancel()
        await asyncio.wait([running])
        raise
