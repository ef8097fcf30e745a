"""Methods of a framework's own classes that no adapter calls. The caller's JSON is data only: what such a method has a
default for (`config`, `thread_id`, …) is the framework's configuration, and closed to it. The agent's own methods, also
those of its subclasses, are its own business.
"""

from __future__ import annotations

import dataclasses
import functools
import inspect
from typing import Any, NamedTuple

from ..resolve import Target
from .known import Known, is_own


class FrameworkMethod(NamedTuple):
    name: str
    kind: type
    """Of the object whose method it is."""


def closed(target: Target, known: Known) -> Target:
    """What is called plainly, without a way to the configuration of a framework."""
    return target if framework_method(target, known) is None else dataclasses.replace(target, closed=True)


def framework_method(target: Target, known: Known) -> FrameworkMethod | None:
    """None: what is called is the agent's own code."""
    found = _in_class(target) if target.owner is not None else _bound(target.value)
    if found is None:
        return None
    definer = next((base for base in found.kind.__mro__ if found.name in vars(base)), None)
    theirs = definer is not None and known.family(definer) is not None and not is_own(definer)
    return found if theirs else None


def _in_class(target: Target) -> FrameworkMethod | None:
    one_step = target.owner is not None and len(target.path) == 1
    return FrameworkMethod(target.path[0], target.owner) if one_step and target.owner is not None else None


def _bound(function: Any) -> FrameworkMethod | None:
    while isinstance(function, functools.partial):
        function = function.func
    if not inspect.isroutine(function):
        return FrameworkMethod("__call__", type(function))
    holder = getattr(function, "__self__", None)
    if holder is None:
        return None
    return FrameworkMethod(getattr(function, "__name__", ""), holder if inspect.isclass(holder) else type(holder))
