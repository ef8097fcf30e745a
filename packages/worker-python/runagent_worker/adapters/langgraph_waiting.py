"""What a graph waits for, as interrupts of a run, and a person's answer as what the graph goes on with."""

from __future__ import annotations

from typing import Any

from .answers import spread

_STEP = "langgraph.waiting"


def wait(context: Any, interrupts: list[Any], before: tuple[str, ...]) -> None:
    """Ends the execution, if the graph waits. `before`: the nodes that it stopped at, as it was compiled."""
    if interrupts:
        by_id = {_id_of(one): one for one in interrupts}
        context.finish_step(_STEP, list(by_id))
        context.wait_for([{"id": id, "question": one.value, "schema": _schema(one)} for id, one in by_id.items()])
    elif before:
        context.finish_step(_STEP, [])
        context.wait_for([{"id": "breakpoint", "question": {"before": list(before)}, "schema": None}])


def resumed_input(context: Any) -> Any:
    ids: list[str] = context.finished_step(_STEP) or []
    if not ids:
        return None
    from langgraph.types import Command  # the agent's own

    answer = context.answers[-1]
    # as it is, where that has one meaning: with nothing in it, it would mean that nothing was answered
    return Command(resume=answer if len(ids) == 1 and answer not in (None, {}) else spread(ids, answer))


def waiting_in(state: Any) -> tuple[list[Any], tuple[str, ...]]:
    """Interrupts of a snapshot, and the nodes that come next."""
    return [one for task in state.tasks for one in task.interrupts], tuple(state.next)


def _id_of(interrupt: Any) -> str:
    return str(getattr(interrupt, "id", None) or getattr(interrupt, "interrupt_id", "interrupt"))


def _schema(interrupt: Any) -> Any:
    said = getattr(interrupt, "response_schema", None)
    return said if isinstance(said, dict) else None
