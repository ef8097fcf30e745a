"""A person's answer to several questions at once: `{id: answer}`, a list in their order, or one answer for all."""

from __future__ import annotations

from typing import Any


def spread(ids: list[str], answer: Any) -> dict[str, Any]:
    """By id; a map may leave some out."""
    if isinstance(answer, dict) and answer and set(answer) <= set(ids):
        return answer
    several = len(ids) > 1 and isinstance(answer, list) and len(answer) == len(ids)
    return dict(zip(ids, answer if several else [answer] * len(ids)))
