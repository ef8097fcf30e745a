"""CrewAI (`Crew`, an `@CrewBase` class, `Flow`): `kickoff` on a copy per run, in the run's own thread and process slot.

The body is the `inputs`. A session is a flow's id, and a scope of its own in a crew's memory; no body sets an id.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..problems import invalid_input, pointed
from ..shape import Errors, check_object
from .chat import read_chat
from .crewai_copy import crew_copy, flow_copy
from .crewai_events import CrewEvents
from .crewai_listening import listening
from .crewai_state import keep_state, kept_state
from .port import Adapted, Unfit
from .threaded import threaded

VERBS = ("kickoff", "kickoff_async", "akickoff", "crew")
ON_LOOP = False


def adapt(target: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    kind = _Flow if hasattr(target, "kickoff") and not hasattr(target, "tasks") else _Crew
    call = kind(target, spec, f"{spec['file']}:{name}")
    streams_always = spec.get("type") == "generic_stream"
    return Adapted(
        name="crewai",
        make=lambda: threaded(call.streamed if streams_always else call.whole),
        kind="generic",
        shape="chat" if spec.get("input") == "chat" else "object",
        input_schema=call.schema(),
        on_loop=ON_LOOP,
        notes=call.notes(),
    )


class _Kickoff:
    def __init__(self, target: Any, spec: dict[str, Any], key: str) -> None:
        self._target = target
        self._chat = spec.get("input") == "chat"
        self._key = key

    def streamed(self, value: Any, context: Any) -> Iterator[Any]:
        """A generator whose only items are the events that it sends."""
        return self.whole(value, context)
        yield

    def whole(self, value: Any, context: Any) -> Any:
        raise NotImplementedError

    def notes(self) -> tuple[str, ...]:
        return ()

    def _inputs(self, value: Any) -> dict[str, Any]:
        if self._chat:
            chat = read_chat(value)
            earlier = "\n".join(f"{one['role']}: {one['content']}" for one in chat.earlier)
            return {"input": chat.prompt, "prompt": chat.prompt, "history": earlier}
        errors: Errors = []
        if not check_object(value, "", errors):
            raise invalid_input(errors)
        return dict(value)


class _Crew(_Kickoff):
    def __init__(self, target: Any, spec: dict[str, Any], key: str) -> None:
        super().__init__(target, spec, key)
        if not hasattr(target, "kickoff") and not callable(getattr(target, "crew", None)):
            raise Unfit("it has neither `kickoff` nor `crew`")

    def schema(self) -> Any:
        names = _placeholders(self._target)
        return {"type": "object", "properties": {name: {} for name in sorted(names)}} if names else {"type": "object"}

    def notes(self) -> tuple[str, ...]:
        if not hasattr(self._target, "kickoff"):
            return ()  # its crew is made for each run
        remembers = getattr(self._target, "memory", False)
        place = "remembers a session in a scope of CrewAI's own storage, which stays on this machine"
        found = [place if remembers else "has no `memory`: a session changes nothing"]
        if any(getattr(task, "human_input", False) for task in self._target.tasks):
            found.append("has a task with `human_input`: nobody is at a terminal, such a run fails")
        return tuple(found)

    def whole(self, value: Any, context: Any) -> Any:
        crew = self._target if hasattr(self._target, "kickoff") else self._target.crew()
        inputs = self._inputs(value)
        _check_placeholders(crew, inputs)
        mine = crew_copy(crew, context)
        events = CrewEvents(context)
        with listening(events.take):
            output = mine.kickoff(inputs=inputs or None)
        return events.finished(output)


class _Flow(_Kickoff):
    def schema(self) -> Any:
        return {"type": "object"}

    def whole(self, value: Any, context: Any) -> Any:
        flow = flow_copy(self._target)
        inputs = {**kept_state(flow, context, self._key), **self._inputs(value)}
        events = CrewEvents(context, is_flow=True)
        with listening(events.take):
            output = flow.kickoff(inputs={**inputs, "id": context.session_id or context.run_id})
        keep_state(flow, context, self._key)
        return events.finished(output)


def _placeholders(crew: Any) -> set[str]:
    try:
        return {name for name in crew.fetch_inputs() if name.isidentifier()}
    except Exception:  # of a version without it, or of a class whose crew is made per run
        return set()


def _check_placeholders(crew: Any, inputs: dict[str, Any]) -> None:
    """What CrewAI would refuse, said with its place. Without inputs it fills in nothing, and refuses nothing."""
    missing = _placeholders(crew) - inputs.keys() if inputs and not crew.before_kickoff_callbacks else set[str]()
    if missing:
        raise invalid_input([pointed(f"/{name}", "required") for name in sorted(missing)])
