"""Agent objects are recognised by the qualified name of a class in their MRO; their framework is never imported by us.

A framework is added by one module here and one row in `_ADAPTERS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .port import Adapted

if TYPE_CHECKING:
    from ..resolve import Target

_ADAPTERS: dict[str, str] = {
    "langgraph.pregel.Pregel": "langgraph",
    "langgraph.pregel.main.Pregel": "langgraph",
    "langgraph.pregel.protocol.PregelProtocol": "langgraph",
}
"""Qualified class name → module of this package."""


def recognise(target: Target, spec: dict[str, Any]) -> Adapted | None:
    """The adapter for an object, or for a method that is one of its framework's verbs."""
    wanted = spec.get("adapter")
    if wanted == "none" or target.owner is not None:
        return None
    for value, verb in ((target.value, None), (target.parent, target.verb)):
        name = adapter_of(value)
        if name is not None and wanted in (None, name):
            module = importlib.import_module(f".{name}", __name__)
            if verb is None or verb in module.VERBS:
                return module.adapt(value, verb, spec)
    return None


def adapter_of(value: Any) -> str | None:
    for base in type(value).__mro__:
        name = _ADAPTERS.get(f"{base.__module__}.{base.__qualname__}")
        if name is not None:
            return name
    return None
