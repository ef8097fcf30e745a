"""The class that a function is annotated to return."""

from __future__ import annotations

import inspect
import typing
from typing import Any

_AROUND = ("Iterator", "Generator", "Awaitable", "ContextManager")


def named_class(function: Any, hints: dict[str, Any]) -> type | None:
    """What an async context manager yields, or an awaitable gives; None: nothing is said that can be read."""
    returns = hints.get("return")
    origin = typing.get_origin(returns)
    if origin is not None and typing.get_args(returns) and not inspect.iscoroutinefunction(function):
        name = getattr(origin, "__name__", "")
        if any(word in name for word in _AROUND):
            returns = typing.get_args(returns)[0]
    found = typing.get_origin(returns) or returns
    return found if inspect.isclass(found) else None
