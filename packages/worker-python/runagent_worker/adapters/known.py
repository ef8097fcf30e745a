"""Which adapter a class belongs to, by the qualified names in its MRO, and what is near to one without being it: a
class of a framework that stands elsewhere in this version, or one of the agent's own package with a framework's name.
"""

from __future__ import annotations

import importlib.metadata
import inspect
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

_INSTALLED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}")
_NAMESPACES = frozenset({"google"})
"""Packages that many share: a framework in one is told by the second part of its name."""


class Found(NamedTuple):
    adapter: str | None = None
    strange: type | None = None
    """A class before that one, which is not known though its framework is, or which only has a known name."""
    near: str | None = None
    """The adapter of the strange one."""


class Known:
    def __init__(self, adapters: Mapping[str, str], module: Callable[[str], Any]) -> None:
        """`adapters`: qualified class name → adapter; `module`: an adapter's module, imported when it is needed."""
        self._adapters = adapters
        self._families = {_family(name): adapter for name, adapter in adapters.items()}
        self.module = module

    def names(self) -> set[str]:
        return set(self._adapters.values())

    def family(self, thing: Any) -> str | None:
        """The adapter of the framework that a class or function stands in."""
        return self._families.get(_family(qualified_name(thing)))

    def used_by(self, function: Any) -> str | None:
        """The adapter of a framework's function that stands among the names of a function's file."""
        scope = list(getattr(inspect.unwrap(function), "__globals__", {}).values())
        modules = [one for one in scope if inspect.ismodule(one) and _family(f"{one.__name__}.") in self._families]
        found = [*scope, *(one for module in modules for one in vars(module).values())]
        names = (self._adapters.get(qualified_name(one)) for one in found if inspect.isfunction(one))
        return next((name for name in names if name is not None), None)

    def find(self, kind: type) -> Found:
        strange = near = None
        for base in (*kind.__mro__, type(kind)):  # a class of the agent's own may only have a framework's metaclass
            adapter = self._adapters.get(qualified_name(base))
            own = is_own(base)
            if adapter is not None and not own:
                return Found(adapter) if near in (None, adapter) else Found(adapter, strange, near)
            if near is None:
                near = adapter if own else self.family(base)
                strange = base if near is not None else None
        return Found(None, strange, near)


def qualified_name(thing: Any) -> str:
    return f"{getattr(thing, '__module__', None)}.{getattr(thing, '__qualname__', '')}"


def with_version(kind: type) -> str:
    """A class's name, with the package that it comes from and its version."""
    try:
        packages = importlib.metadata.packages_distributions().get(kind.__module__.partition(".")[0], ())
        versions = [f" ({one} {importlib.metadata.version(one)})" for one in sorted(set(packages))]
    except Exception:  # broken metadata of any package: the name alone says enough
        versions = []
    return qualified_name(kind) + "".join(versions[:1])


def is_own(kind: type) -> bool:
    """Of a package in the agent's folder."""
    top = sys.modules.get(kind.__module__.partition(".")[0])
    places = [getattr(top, "__file__", None) or "", *getattr(top, "__path__", ())]
    root = os.path.join(os.getcwd(), "")
    return any(place.startswith(root) and not any(part in place for part in _INSTALLED) for place in places)


def _family(name: str) -> str:
    parts = name.split(".")
    return ".".join(parts[:2] if parts[0] in _NAMESPACES else parts[:1])
