"""A Runnable's own JSON Schema, made to say what it takes: messages come as objects, pairs or text."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

_MESSAGES = {"type": ["array", "object", "string"], "description": "messages: `{role, content}`"}


def readable_schema(read: Callable[[], Any]) -> Any:
    try:
        schema = dict(read())
    except Exception:  # a state whose types have no schema: everything is let through
        return {}
    properties = schema.get("properties")
    if isinstance(properties, dict):
        schema["properties"] = {n: _MESSAGES if "AIMessage" in json.dumps(p) else p for n, p in properties.items()}
    elif "AIMessage" in json.dumps({key: value for key, value in schema.items() if key != "$defs"}):
        return {}
    rest = json.dumps({key: value for key, value in schema.items() if key != "$defs"})
    if "$ref" not in rest:
        schema.pop("$defs", None)
    return schema
