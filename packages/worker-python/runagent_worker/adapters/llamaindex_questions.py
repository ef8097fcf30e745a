"""What a workflow asks a person (`InputRequiredEvent`), and the answer as its `HumanResponseEvent`.

While it waits, its context is a step of the run: it goes on in any process. An answer that is an object is the event's
fields, any other its `response`; what the question said is said again, for steps that ask for it (`requirements`).
"""

from __future__ import annotations

from typing import Any

from .answers import spread
from .llamaindex_context import framework
from .llamaindex_events import fields_of

_STEP = "llamaindex.context"


class Questions:
    def __init__(self, context: Any, workflow: Any) -> None:
        events = framework(workflow, "events")
        self._context = context
        self._workflow = workflow
        self._answer_class = events.HumanResponseEvent
        self.saved: Any = context.finished_step(_STEP) if context.answers else None
        self.told: set[str] = set(self.saved["told"] if self.saved else ())
        """Tool calls that earlier executions told: their steps begin again."""
        self.asked: list[dict[str, Any]] = []
        self.tells_idle = hasattr(events, "WorkflowIdleEvent")

    def ask(self, event: Any) -> None:
        self.asked.append({"id": f"i{len(self.asked) + 1}", "fields": fields_of(event)})

    def wait(self, state: dict[str, Any]) -> None:
        """Ends the execution."""
        self._wait({**state, "asked": self.asked, "given": {}, "told": sorted(self.told)})

    def answers(self) -> list[Any]:
        """As events; as long as one is missing, it ends the execution again."""
        given = self.saved["given"]
        asked = {one["id"]: one["fields"] for one in self.saved["asked"]}
        given |= spread([id for id in asked if id not in given], self._context.answers[-1])
        if set(given) < set(asked):
            self._wait(self.saved)
        return [self._event(asked[id], answer) for id, answer in given.items()]

    def _wait(self, state: dict[str, Any]) -> None:
        self._context.finish_step(_STEP, state)
        missing = [one for one in state["asked"] if one["id"] not in state["given"]]
        self._context.wait_for(
            [{"id": one["id"], "question": _question(one["fields"]), "schema": None} for one in missing]
        )

    def _event(self, fields: dict[str, Any], answer: Any) -> Any:
        repeated = {name: value for name, value in fields.items() if name != "prefix"}
        said = answer if isinstance(answer, dict) else {"response": answer}
        return self._response_class(set(said))(**{**repeated, **said})

    def _response_class(self, names: set[str]) -> Any:
        """The workflow's own class of answers: the one whose fields are answered."""
        known: list[Any] = getattr(self._workflow, "events", [])
        own = [one for one in known if issubclass(one, self._answer_class)]
        fitting = [one for one in own if {n for n, f in one.model_fields.items() if f.is_required()} <= names]
        return (fitting or own or [self._answer_class])[0]


def _question(fields: dict[str, Any]) -> Any:
    """The text alone, if there is nothing else."""
    return fields["prefix"] if set(fields) == {"prefix"} else fields
