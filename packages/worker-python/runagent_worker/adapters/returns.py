"""What class a function returns (or yields, as a context manager), read from its source: its return statements and the
annotations of what they call. Nothing of it is called; what cannot be read is not known.
"""

from __future__ import annotations

import ast
import builtins
import importlib
import inspect
import sys
import textwrap
import typing
from collections.abc import Iterator
from typing import Any, NamedTuple

from ..signature import read_hints, underlying
from .annotated import named_class

_DEEPEST = 6
"""Functions that call functions: so many are followed."""


class Known(NamedTuple):
    """A value that is there at load."""

    value: Any


class Made(NamedTuple):
    """A value that a call will make."""

    kind: type


Found = typing.Union[Known, Made, None]


def returned_classes(function: Any, depth: int = 0) -> Iterator[type]:
    """By return statement. A function that says what it returns is taken at its word."""
    said = named_class(function, read_hints(underlying(function)))
    if said is not None:
        yield said
        return
    body = _body_of(underlying(function))
    if body is None or depth > _DEEPEST:
        return
    names = _Names(underlying(function), body, depth)
    for node in _own_nodes(body):
        if isinstance(node, (ast.Return, ast.Yield)) and node.value is not None:
            found = names.look(node.value)
            if found is not None:
                yield found.kind if isinstance(found, Made) else type(found.value)


def _body_of(function: Any) -> Any:
    try:
        tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    except (OSError, TypeError, SyntaxError, ValueError):
        return None
    first = tree.body[0] if tree.body else None
    return first if isinstance(first, (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _own_nodes(body: Any) -> Iterator[Any]:
    """Of the function itself, not of those inside it."""
    waiting = list(ast.iter_child_nodes(body))
    while waiting:
        node = waiting.pop()
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)):
            waiting += ast.iter_child_nodes(node)


class _Names:
    """What names and expressions of one function mean."""

    def __init__(self, function: Any, body: Any, depth: int) -> None:
        self._globals = getattr(function, "__globals__", {})
        self._free = _closure(function)
        self._package = self._globals.get("__package__")
        self._depth = depth
        self._local: dict[str, Any] = {}
        self._looking: set[str] = set()
        for node in _own_nodes(body):
            self._note(node)

    def _note(self, node: Any) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            self._local[node.targets[0].id] = node.value
        elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value is not None:
            self._local[node.target.id] = node.value
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            for alias in node.names:
                self._local[alias.asname or alias.name.partition(".")[0]] = (node, alias)

    def look(self, node: Any) -> Found:
        if isinstance(node, ast.Name):
            return self._name(node.id)
        if isinstance(node, ast.Await):
            return self.look(node.value)
        if isinstance(node, ast.IfExp):
            return self.look(node.body) or self.look(node.orelse)
        if isinstance(node, ast.Attribute):
            return _member(self.look(node.value), node.attr)
        return self._called(node.func) if isinstance(node, ast.Call) else None

    def _name(self, name: str) -> Found:
        if name in self._local:
            if name in self._looking:
                return None
            self._looking.add(name)
            meant = self._local[name]
            found = _imported(meant[0], meant[1], self._package) if isinstance(meant, tuple) else self.look(meant)
            self._looking.discard(name)
            return found
        for scope in (self._free, self._globals, vars(builtins)):
            if name in scope:
                return Known(scope[name])
        return None

    def _called(self, node: Any) -> Found:
        owner = self.look(node.value) if isinstance(node, ast.Attribute) else None
        function = _member(owner, node.attr) if isinstance(node, ast.Attribute) else self.look(node)
        if not isinstance(function, Known):
            return None
        if inspect.isclass(function.value):
            return Made(function.value)
        if not inspect.isroutine(function.value):
            return None
        if _returns_self(function.value):
            return owner if isinstance(owner, Made) else Made(type(owner.value)) if owner else None
        return next((Made(kind) for kind in returned_classes(function.value, self._depth + 1)), None)


def _closure(function: Any) -> dict[str, Any]:
    try:
        return dict(inspect.getclosurevars(function).nonlocals)
    except (TypeError, ValueError):
        return {}


def _member(owner: Found, name: str) -> Found:
    """Without running properties of the agent's objects."""
    if owner is None:
        return None
    if isinstance(owner, Known) and inspect.ismodule(owner.value):
        return Known(vars(owner.value)[name]) if name in vars(owner.value) else None
    kind = owner.kind if isinstance(owner, Made) else owner.value if inspect.isclass(owner.value) else type(owner.value)
    found = inspect.getattr_static(kind, name, None)
    if isinstance(found, (staticmethod, classmethod)):
        found = found.__func__
    return Known(found) if inspect.isroutine(found) or inspect.isclass(found) else None


def _returns_self(function: Any) -> bool:
    said = getattr(underlying(function), "__annotations__", {}).get("return")
    return said == "Self" or getattr(said, "__name__", getattr(said, "_name", None)) == "Self"


def _imported(node: Any, alias: Any, package: str | None) -> Found:
    """What an import inside the function will find: the agent's own import, only earlier."""
    try:
        if isinstance(node, ast.Import):
            module = importlib.import_module(alias.name)
            return Known(module if alias.asname else sys.modules[alias.name.partition(".")[0]])
        name = "." * node.level + (node.module or "")
        return Known(getattr(importlib.import_module(name, package), alias.name))
    except Exception:  # it fails there, if it is ever called
        return None
