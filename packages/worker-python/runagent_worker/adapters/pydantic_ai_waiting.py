"""Tool calls that a Pydantic AI run left to others: to a person's approval, or to be done elsewhere."""

from __future__ import annotations

from typing import Any, NamedTuple

from .approval import approval_question, verdict_of
from .tool_values import parsed_arguments


class Asked(NamedTuple):
    questions: list[dict[str, Any]]
    kept: dict[str, list[Any]]
    """Ids, by what their answers are."""


def is_waiting(output: Any) -> bool:
    kind = type(output)
    return kind.__name__ == "DeferredToolRequests" and kind.__module__.startswith("pydantic_ai.")


def questions_of(requests: Any) -> Asked:
    approvals = [approval_question(*_call(one)) for one in requests.approvals]
    calls = [{**approval_question(*_call(one)), "schema": None} for one in requests.calls]
    kept = {"approvals": [one["id"] for one in approvals], "calls": [one["id"] for one in calls]}
    return Asked([*approvals, *calls], kept)


def results_of(waited: dict[str, Any], answer: Any) -> Any:
    """An answer to a call is its result; of several by id."""
    from pydantic_ai.tools import DeferredToolResults, ToolDenied  # the agent's own

    approvals: dict[str, Any] = {}
    for id in waited["approvals"]:
        verdict = verdict_of(answer, id)
        denied = ToolDenied() if verdict.reason is None else ToolDenied(verdict.reason)
        approvals[id] = True if verdict.approved else denied
    calls = {id: _result_for(id, answer, waited) for id in waited["calls"]}
    return DeferredToolResults(calls=calls, approvals=approvals)


def _result_for(id: str, answer: Any, waited: dict[str, Any]) -> Any:
    if isinstance(answer, dict) and (id in answer or len(waited["approvals"]) + len(waited["calls"]) > 1):
        return answer.get(id)
    return answer


def _call(call: Any) -> tuple[str, str, Any]:
    return call.tool_call_id, call.tool_name, parsed_arguments(call.args)
