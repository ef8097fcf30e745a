"""Agent objects are recognised by the qualified name of a class in their MRO; their framework is never imported by us.

A framework is added by one module here and one row in `_ADAPTERS`.
"""

from __future__ import annotations

import importlib
import inspect
from typing import TYPE_CHECKING, Any

from ..binding import CHAT_SCHEMA
from .factory import Factory
from .port import Adapted
from .returns import returned_classes

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
    return _factory(target.value, spec) if inspect.isroutine(target.value) else None


def _factory(function: Any, spec: dict[str, Any]) -> Adapted | None:
    """A function without parameters that returns a recognised object, as it says or its source does; or the config."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):
        return None  # of C code: what it takes cannot be read, and binding says so
    if any(p.default is p.empty for p in parameters):
        return None
    names = (name for made in returned_classes(function) if (name := _adapter_of_class(made)) is not None)
    name = next(names, spec.get("adapter"))
    if name is None:
        return None
    factory = Factory(function, lambda value: _adapted(value, spec), spec.get("factory") == "run")
    chat = spec.get("input") == "chat"
    shape, schema = ("chat", CHAT_SCHEMA) if chat else ("object", {})
    return Adapted(name, lambda: factory, shape=shape, input_schema=schema, close=factory.close)


def _adapted(value: Any, spec: dict[str, Any]) -> Adapted | None:
    name = adapter_of(value)
    return importlib.import_module(f".{name}", __name__).adapt(value, None, spec) if name is not None else None


def adapter_of(value: Any) -> str | None:
    return _adapter_of_class(type(value))


def _adapter_of_class(kind: type) -> str | None:
    for base in kind.__mro__:
        name = _ADAPTERS.get(f"{base.__module__}.{base.__qualname__}")
        if name is not None:
            return name
    return None
