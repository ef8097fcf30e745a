"""Google ADK agents, apps and runners: `Runner.run_async` with a session service whose content the server holds.

A runner that has a session service other than the in-memory one keeps it. A tool that wants a confirmation, or a
workflow that wants input, lets the run wait; so far as it came the session is kept in a step.
"""

from __future__ import annotations

import copy
from typing import Any

from ..binding import CHAT_SCHEMA
from .google_adk_events import AdkEvents, output_of
from .google_adk_input import answer_to, history, read_content
from .google_adk_session import exported, held_sessions
from .port import Adapted, Drained

VERBS = ("run_async", "run")
_STEP = "google-adk.session"

_NATIVE = {"type": "object", "description": 'ADK\'s content: `{"parts": [{"text": "…"}]}`'}
_SCHEMA = {
    "type": "object",
    "properties": {**CHAT_SCHEMA["properties"], "new_message": _NATIVE},
    "anyOf": [*CHAT_SCHEMA["anyOf"], {"required": ["new_message"]}],
}


def adapt(found: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    streams_always = spec.get("type") == "generic_stream"
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]

    runner = _runner_of(found)

    def make() -> Any:
        call = _Agent(runner, f"{spec['file']}:{name}")
        return call.streamed if streams_always else call.as_asked

    return Adapted(
        name="google-adk",
        make=make,
        kind="generic_stream" if streams_always else "async",
        shape="chat",
        input_schema=_SCHEMA,
        description=getattr(runner.agent, "description", None) or None,
    )


def _runner_of(found: Any) -> Any:
    """The user's own, or one around an app, an agent or a node."""
    from google.adk.agents import BaseAgent  # the agent's own
    from google.adk.runners import Runner

    if isinstance(found, Runner):
        return found
    services = {"session_service": held_sessions(None)}
    if isinstance(found, BaseAgent):
        return Runner(app_name=found.name, agent=found, **services)
    is_app = hasattr(found, "root_agent")
    return Runner(app=found, **services) if is_app else Runner(node=found, **services)


class _Agent:
    def __init__(self, runner: Any, key: str) -> None:
        self._runner = runner
        self._key = key
        kind = type(runner.session_service).__name__
        self._ours = kind in ("InMemorySessionService", "HeldSessions")

    async def as_asked(self, value: Any, context: Any) -> Any:
        return await self._run(value, context, bool(context.run.message["stream"]))

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self._run(value, context, True))

    async def _run(self, value: Any, context: Any, with_text: bool) -> Any:
        waited = context.finished_step(_STEP) if context.answers else None
        session_id = context.session_id or context.run_id
        who = {"app_name": self._runner.app_name, "user_id": context.user or "user", "session_id": session_id}
        runner, session = await self._begin(context, who, waited)
        if waited is not None:
            message = answer_to(waited["pending"], context.answers[-1])
        else:
            message, earlier = read_content(value)
            if not session.events:
                for event in history(earlier, self._runner.agent.name):
                    await runner.session_service.append_event(session, event)
        events = AdkEvents(context.run, with_text=with_text)
        config = _run_config(with_text)
        stream = runner.run_async(user_id=who["user_id"], session_id=session_id, new_message=message, run_config=config)
        async for event in stream:
            events.take(event)
        self._finish(context, session, events)
        return output_of(events)

    async def _begin(self, context: Any, who: dict[str, str], waited: Any) -> tuple[Any, Any]:
        """The runner of this run, and its session."""
        if not self._ours:
            service = self._runner.session_service
            return self._runner, await service.get_session(**who) or await service.create_session(**who)
        runner = copy.copy(self._runner)
        saved = waited["session"] if waited is not None else None
        if saved is None and context.session_id is not None:
            saved = context.session.get("google-adk", {}).get(self._key)
        runner.session_service = held_sessions(saved)
        _own_services(runner)
        return runner, await runner.session_service.create_session(**who)

    def _finish(self, context: Any, session: Any, events: AdkEvents) -> None:
        if events.pending:
            pending = [[call.id, call.name] for call in events.pending]
            context.finish_step(_STEP, {"session": exported(session) if self._ours else None, "pending": pending})
            context.wait_for([events.question(call) for call in events.pending])
        if self._ours and context.session_id is not None:
            context.session.setdefault("google-adk", {})[self._key] = exported(session)


def _own_services(runner: Any) -> None:
    """Artifacts and memory that nobody set up: there for the run."""
    if runner.artifact_service is None:
        from google.adk.artifacts import InMemoryArtifactService  # the agent's own

        runner.artifact_service = InMemoryArtifactService()
    if runner.memory_service is None:
        from google.adk.memory import InMemoryMemoryService  # the agent's own

        runner.memory_service = InMemoryMemoryService()


def _run_config(with_text: bool) -> Any:
    from google.adk.agents.run_config import RunConfig, StreamingMode  # the agent's own

    return RunConfig(streaming_mode=StreamingMode.SSE if with_text else StreamingMode.NONE)
