"""Tools that a person must allow first: the question that a run waits with, and what an answer says.

One call: `true`, `false`, or `{"approved": true, "reason": "…"}`; several: the same for all, or one of these by id.
"""

from __future__ import annotations

from typing import Any, NamedTuple

_SCHEMA = {
    "anyOf": [{"type": "boolean"}, {"type": "object"}],
    "description": "true, false, or {approved, reason}; of several by id",
}


class Verdict(NamedTuple):
    approved: bool
    reason: str | None


def approval_question(id: str, tool: Any, args: Any) -> dict[str, Any]:
    return {"id": id, "question": {"tool": tool, "args": args}, "schema": _SCHEMA}


def verdict_of(answer: Any, id: str) -> Verdict:
    """Whatever does not clearly allow it forbids it."""
    said = answer.get(id, answer) if isinstance(answer, dict) else answer
    if not isinstance(said, dict):
        return Verdict(said is True, None)
    reason = said.get("reason")
    return Verdict(said.get("approved") is True, reason if isinstance(reason, str) else None)
