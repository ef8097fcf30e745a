"""Pydantic AI (`Agent`): `agent.run(prompt, message_history=…)`; with an event handler for those who read events.

The session is the message history, through the framework's own adapter. Tools that need approval, or that run
elsewhere, make the run wait with that history in a step. The caller's JSON is prompt, history, and `deps` if they
validate.
"""

from __future__ import annotations

import datetime
import inspect
from typing import Any, NamedTuple

from ..binding import CHAT_SCHEMA
from ..schema import output_schema
from .port import Adapted, Drained
from .pydantic_ai_events import MessageEvents, event_handler, speaks
from .pydantic_ai_input import Given, deps_type_of, read_history, read_input
from .pydantic_ai_waiting import is_waiting, questions_of, results_of

_STREAMING = ("run_stream", "run_stream_events", "run_stream_sync")
VERBS = ("run", "run_sync", "iter", *_STREAMING)
NEEDS = ("run", "deps_type", "output_type")

_NAME = "pydantic-ai"
_STEP = "pydantic-ai.waiting"
_SLACK_SECONDS = 1.0
"""The deadline is the server's to keep: it comes first."""


def adapt(agent: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Agent(agent, f"{spec['file']}:{name}")
    streams_always = verb in _STREAMING or spec.get("type") == "generic_stream"
    said = agent.output_type if inspect.isclass(agent.output_type) else None
    return Adapted(
        name=_NAME,
        make=lambda: call.drained if streams_always else call,
        kind="generic_stream" if streams_always else "async",
        shape="chat",
        input_schema=_schema(deps_type_of(agent) is not None),
        output_schema={} if said is None else output_schema(said),
    )


def _schema(takes_deps: bool) -> dict[str, Any]:
    more = {"user_prompt": {}, "message_history": {"type": "array"}, **({"deps": {}} if takes_deps else {})}
    return {
        "type": ["object", "string"],
        "properties": {**CHAT_SCHEMA["properties"], **more},
        "anyOf": [*CHAT_SCHEMA["anyOf"], {"required": ["user_prompt"]}],
    }


class _Turn(NamedTuple):
    """What one execution begins with."""

    prompt: Any
    history: list[Any]
    results: Any = None


class _Agent:
    def __init__(self, agent: Any, key: str) -> None:
        self._agent = agent
        self._key = key
        self._speaks = speaks(agent.output_type)
        self._takes_timeout = "timeout" in inspect.signature(agent.run).parameters

    async def drained(self, value: Any, context: Any) -> Any:
        return Drained(await self._run(value, context, True))

    async def __call__(self, value: Any, context: Any) -> Any:
        return await self._run(value, context, context.run.message["stream"])

    async def _run(self, value: Any, context: Any, streamed: bool) -> Any:
        # pyright takes this module for that package
        from pydantic_ai import capture_run_messages  # pyright: ignore[reportAttributeAccessIssue]  the agent's own

        given = read_input(value, self._agent)
        turn = await self._turn(given, context)
        options = self._options(given, turn, context)
        events = MessageEvents(context.run, turn.history, self._agent.output_type)
        if streamed:
            options["event_stream_handler"] = event_handler(self._agent, events, self._speaks)
        with capture_run_messages() as messages:
            try:
                result = await self._agent.run(turn.prompt, **options)
            finally:
                events.rest(messages)
        return self._ended(result, context)

    async def _turn(self, given: Given, context: Any) -> _Turn:
        waited = context.finished_step(_STEP) if context.answers else None
        if waited is not None:
            return _Turn(None, read_history(waited["messages"]), results_of(waited["asked"], context.answers[-1]))
        kept = None if context.session_id is None else context.session.get(_NAME, {}).get(self._key)
        return _Turn(given.prompt, read_history(kept) if kept else await given.history(self._agent))

    def _options(self, given: Given, turn: _Turn, context: Any) -> dict[str, Any]:
        options: dict[str, Any] = {"message_history": turn.history or None, "deps": given.deps}
        if turn.results is not None:
            options["deferred_tool_results"] = turn.results
        if self._takes_timeout:
            left = context.deadline - datetime.datetime.now(datetime.timezone.utc)
            options["timeout"] = max(left.total_seconds(), 0.0) + _SLACK_SECONDS
        return options

    def _ended(self, result: Any, context: Any) -> Any:
        waits = is_waiting(result.output)
        if waits or context.session_id is not None:
            from pydantic_ai.messages import ModelMessagesTypeAdapter  # the agent's own

            messages = ModelMessagesTypeAdapter.dump_python(result.all_messages(), mode="json")
            if waits:
                asked = questions_of(result.output)
                context.finish_step(_STEP, {"messages": messages, "asked": asked.kept})
                context.wait_for(asked.questions)
            context.session.setdefault(_NAME, {})[self._key] = messages
        return result.output
