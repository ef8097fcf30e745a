"""Agno (`Agent`, `Team`, `Workflow`): `arun` with the session's and the user's ids, on a copy per run.

A db of the agent's own keeps its sessions; one that is missing or in memory is replaced, on the copy, by one whose
content the server holds. Agno reports failures as values: they are raised here.
"""

from __future__ import annotations

import inspect
from typing import Any

from ..binding import CHAT_SCHEMA
from .agno_events import AgnoEvents
from .agno_pause import pause, resumed
from .agno_session import Store, is_in_memory
from .chat import read_chat
from .port import Adapted, Drained

VERBS = ("arun", "run")
NEEDS = ("arun",)
HELPERS = {
    "agno.os.app.AgentOS": "the agent, team or workflow that it serves",
    "agno.playground.playground.Playground": "the agent, team or workflow that it serves",
}

_ALL_EVENTS = ("stream_events", "yield_run_output", "stream_intermediate_steps", "yield_run_response")
"""What asks for all events and the output after them; the last two are names of old versions."""


def adapt(target: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Agent(target, spec, f"{spec['file']}:{name}")
    streams_always = spec.get("type") == "generic_stream"
    return Adapted(
        name="agno",
        make=lambda: call.streamed if streams_always else call.as_asked,
        shape="object" if call.own_schema else "chat",
        input_schema=call.own_schema or CHAT_SCHEMA,
        description=getattr(target, "description", None),
        notes=_notes(target),
    )


def _notes(target: Any) -> tuple[str, ...]:
    db = getattr(target, "db", None)
    if db is None:
        return ("has no `db`: its sessions are kept by RunAgent",)
    if is_in_memory(db):
        return ("has a `db` in memory: its sessions are kept by RunAgent, all else in it ends with its process",)
    return ()


class _Agent:
    def __init__(self, target: Any, spec: dict[str, Any], key: str) -> None:
        self._target = target
        self._key = key
        self._begins_with = _names(target.arun)
        self._goes_on_with = _names(getattr(target, "acontinue_run", None))
        self.own_schema = None if spec.get("input") == "chat" else _own_schema(target)

    async def as_asked(self, value: Any, context: Any) -> Any:
        """Streams for those who read events."""
        return (await self._run(value, context, reads=bool(context.run.message["stream"]))).content

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained((await self._run(value, context, reads=True)).content)

    async def _run(self, value: Any, context: Any, *, reads: bool) -> Any:
        store = Store(self._target, context, self._key)
        events = AgnoEvents(context.run, store.agent)
        made = await self._begin(store, value, context, reads)
        if inspect.isawaitable(made):
            made = await made
        output = await events.drain(made) if reads else events.whole(made)
        store.save()
        if getattr(output, "is_paused", False):
            pause(output, store.agent, context)
        return output

    async def _begin(self, store: Store, value: Any, context: Any, reads: bool) -> Any:
        options: dict[str, Any] = {"session_id": store.session_id, "user_id": context.user, "run_id": context.run_id}
        options["stream"] = reads
        if reads:
            options.update(dict.fromkeys(_ALL_EVENTS, True))
        if context.answers:
            run, requirements = resumed(context)
            del options["run_id"]
            options = {**options, "requirements": requirements}
            return store.agent.acontinue_run(run, **{n: one for n, one in options.items() if n in self._goes_on_with})
        if store.remembers:
            options["add_history_to_context"] = True
        given = value if self.own_schema else await _read(value, store)
        return store.agent.arun(given, **{n: one for n, one in options.items() if n in self._begins_with})


def _names(method: Any) -> frozenset[str]:
    return frozenset() if method is None else frozenset(inspect.signature(method).parameters)


async def _read(value: Any, store: Store) -> Any:
    """A text, messages where there are more or other contents than one text, or an object as `input`."""
    if isinstance(value, dict) and value.get("messages") is None and isinstance(value.get("input"), dict):
        return value["input"]
    chat = read_chat(value)
    last = chat.last["content"]
    if store.takes_messages and (not isinstance(last, str) or (chat.earlier and not await store.holds_some())):
        return [{"role": one["role"], "content": one["content"]} for one in (*chat.earlier, chat.last)]
    return chat.prompt


def _own_schema(target: Any) -> Any:
    """Of an agent that says what it takes."""
    read = getattr(getattr(target, "input_schema", None), "model_json_schema", None)
    return None if read is None else read()
