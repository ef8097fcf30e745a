"""OpenAI Agents (`Agent`): `Runner.run(agent, input, session=…)`; streamed for those who read events.

The session is an object with the SDK's methods over ours. Tools that need approval make the run wait: the SDK's own
state is kept in a step, so it goes on in any process. The caller's JSON is only ever input.
"""

from __future__ import annotations

import copy
import inspect
from typing import Any

from ..schema import output_schema
from .approval import approval_question, verdict_of
from .openai_agents_events import AgentEvents, arguments_of, call_id, telling_hooks
from .openai_agents_items import INPUT_SCHEMA, read_items
from .port import Adapted, Drained

VERBS: tuple[str, ...] = ()
NEEDS = ("name", "instructions", "tools", "handoffs", "output_type")
HELPERS = dict.fromkeys(("agents.run.Runner", "agents.run.AgentRunner"), "the Agent")

_NAME = "openai-agents"
_STEP = "openai-agents.waiting"


def adapt(agent: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    from agents import Runner  # the agent's own

    call = _Agent(agent, Runner, f"{spec['file']}:{spec['module']}")
    return Adapted(
        name=_NAME,
        make=lambda: call.drained if spec.get("type") == "generic_stream" else call,
        shape="chat",
        input_schema=INPUT_SCHEMA,
        output_schema={} if agent.handoffs else output_schema(agent.output_type or str),
        description=getattr(agent, "handoff_description", None),
    )


class _Agent:
    def __init__(self, agent: Any, runner: Any, key: str) -> None:
        self._agent = agent
        self._runner = runner
        self._key = key

    async def drained(self, value: Any, context: Any) -> Any:
        return Drained(await self._run(value, context, True))

    async def __call__(self, value: Any, context: Any) -> Any:
        return await self._run(value, context, context.run.message["stream"])

    async def _run(self, value: Any, context: Any, streamed: bool) -> Any:
        waited = context.finished_step(_STEP) if context.answers else None
        kept = self._kept(context) if waited is None else waited["items"]
        session = None if kept is None else _Session(context.session_id, kept)
        given = read_items(value, session) if waited is None else await self._answered(waited, context.answers[-1])
        if streamed:
            result = await self._streamed(given, session, context.run)
        else:
            result = await self._runner.run(self._agent, given, session=session, hooks=telling_hooks(context.run))
        interruptions = getattr(result, "interruptions", None)
        if interruptions:
            state = result.to_state().to_json()
            context.finish_step(_STEP, {"state": state, "items": session and session.items})
            context.wait_for([_question(one) for one in interruptions])
        if session is not None:
            context.session.setdefault(_NAME, {})[self._key] = session.items
        return result.final_output

    async def _streamed(self, given: Any, session: Any, run: Any) -> Any:
        resumed = given.get_interruptions() if hasattr(given, "get_interruptions") else ()
        events = AgentEvents(run, {call_id(one): one.name for one in resumed})
        result = self._runner.run_streamed(self._agent, given, session=session)
        try:
            async for event in result.stream_events():
                events.take(event)
        finally:
            if not result.is_complete:
                result.cancel()
        return result

    def _kept(self, context: Any) -> list[Any] | None:
        """None: there is no session."""
        if context.session_id is None:
            return None
        return list(context.session.get(_NAME, {}).get(self._key, ()))

    async def _answered(self, waited: dict[str, Any], answer: Any) -> Any:
        from agents import RunState  # the agent's own

        state = await RunState.from_json(self._agent, waited["state"])
        gives_reason = "rejection_message" in inspect.signature(state.reject).parameters
        for item in state.get_interruptions():
            verdict = verdict_of(answer, call_id(item))
            if verdict.approved:
                state.approve(item)
            elif verdict.reason is not None and gives_reason:
                state.reject(item, rejection_message=verdict.reason)
            else:
                state.reject(item)
        return state


def _question(interruption: Any) -> dict[str, Any]:
    return approval_question(str(call_id(interruption)), interruption.name, arguments_of(interruption.raw_item))


class _Session:
    """The methods of the SDK's `Session`, over the items of one run's session."""

    session_settings = None

    def __init__(self, session_id: str, items: list[Any]) -> None:
        self.session_id = session_id
        self.items = items

    async def get_items(self, limit: int | None = None) -> list[Any]:
        return copy.deepcopy(self.items if limit is None else self.items[len(self.items) - limit :])

    async def add_items(self, items: list[Any]) -> None:
        self.items = [*self.items, *copy.deepcopy(items)]

    async def pop_item(self) -> Any:
        return self.items.pop() if self.items else None

    async def clear_session(self) -> None:
        self.items = []
