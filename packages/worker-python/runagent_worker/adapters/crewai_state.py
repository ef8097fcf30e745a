"""The state of a flow that does not persist itself, kept in the session from one run to the next."""

from __future__ import annotations

import json
from typing import Any

from ..leaving import encode
from ..problems import Fault


def kept_state(flow: Any, context: Any, key: str) -> dict[str, Any]:
    if context.session_id is None or _persists(flow):
        return {}
    return context.session.get("crewai", {}).get(key, {})


def keep_state(flow: Any, context: Any, key: str) -> None:
    if context.session_id is None or _persists(flow):
        return
    state = flow.state
    fields = state.model_dump() if hasattr(state, "model_dump") else dict(state)
    kept: dict[str, Any] = {}
    for name, value in fields.items():
        try:
            kept[name] = json.loads(encode(value, context.run.note))
        except Fault as fault:  # no JSON: the next run begins with the field as the flow declares it
            context.run.note(f"the flow's state: {name} is not kept: {fault.detail}")
    context.session.setdefault("crewai", {})[key] = kept


def _persists(flow: Any) -> bool:
    """As a whole, or any of its methods."""
    stores = (getattr(flow, "persistence", None), getattr(flow, "_persistence", None))
    methods = getattr(flow, "_methods", {})
    each = methods.values() if isinstance(methods, dict) else ()
    return any(one is not None for one in stores) or any(hasattr(one, "__flow_persistence_config__") for one in each)
