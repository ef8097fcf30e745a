"""From `file` and `module` of the config to a target: what is called, and what must first be made in each worker."""

from __future__ import annotations

import inspect
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .loading import LoadError
from .missing import close_to
from .problems import class_name, message_of, user_traceback

_MISSING: Any = object()
MOST_NAMED = 8


class Instances:
    """One instance of a class per worker, made after the fork: a constructor may open connections."""

    def __init__(self) -> None:
        self._made: dict[type, Any] = {}

    def of(self, owner: type) -> Any:
        if owner not in self._made:
            try:
                self._made[owner] = owner()
            except BaseException as error:
                detail = f"{owner.__name__}() raised {class_name(error)}: {message_of(error)}"
                raise LoadError(detail, type=class_name(error), traceback=user_traceback(error)) from error
        return self._made[owner]


@dataclass
class Target:
    """`value` as found; `owner` and `path`: an instance of the class is made in the worker, the rest of the path leads
    from it. `parent` and `verb`: the object whose method was named. `closed`: a framework's own method, of which the
    caller fills what it needs and nothing that it has a default for."""

    value: Any
    owner: type | None = None
    path: list[str] = field(default_factory=list)
    parent: Any = None
    verb: str | None = None
    closed: bool = False

    def callable_in(self, instances: Instances) -> Callable[..., Any]:
        """What is called, in this worker."""
        if self.owner is None:
            return self.value
        found = instances.of(self.owner)
        for name in self.path:
            found = getattr(found, name)
        return found


def resolve(module: Any, path: str, file: str) -> Target:
    """Raises LoadError."""
    names = path.split(".")
    value, parent = module, None
    for index, name in enumerate(names):
        if inspect.isclass(value) and _needs_instance(value, name):
            check_constructor(value, path, file)
            return Target(_walk(value, names[index:], file), value, names[index:])
        parent, value = value, _attribute(value, name, ".".join(names[: index + 1]), file)
    if inspect.isclass(value) and "__call__" in _own_names(value):
        check_constructor(value, path, file)
        return Target(value.__call__, value, ["__call__"])
    verb = names[-1] if len(names) > 1 else None
    return Target(value, parent=parent if verb else None, verb=verb)


def _walk(owner: type, names: list[str], file: str) -> Any:
    value: Any = owner
    for name in names:
        value = _attribute(value, name, f"{owner.__name__}.{name}", file)
    return value


def _attribute(value: Any, name: str, said: str, file: str) -> Any:
    found = getattr(value, name, _MISSING)
    if found is not _MISSING:
        return found
    close = close_to(name, [n for n in dir(value) if not n.startswith("__")])
    whose = "" if inspect.ismodule(value) else f" of {said.rpartition('.')[0]}"
    hint = f"Did you mean `{close}`?" if close else _what_it_has(value, file)
    raise LoadError(f"{file}: there is no {name!r}{whose}" + (f"; did you mean {close!r}?" if close else ""), hint=hint)


def _what_it_has(value: Any, file: str) -> str:
    """What stands in the module itself and can be called; not what it imports."""
    if not inspect.ismodule(value):
        return ""
    own = [n for n, one in vars(value).items() if callable(one) and getattr(one, "__module__", None) == value.__name__]
    return f"{file} has " + ", ".join(f"`{n}`" for n in own[:MOST_NAMED]) + "." if own else ""


def _needs_instance(owner: type, name: str) -> bool:
    """Methods and properties do; what else stands in a class is found there."""
    found = inspect.getattr_static(owner, name, _MISSING)
    return hasattr(type(found), "__get__") and not isinstance(found, (staticmethod, classmethod))


def _own_names(owner: type) -> set[str]:
    return {name for base in owner.__mro__ if base is not object for name in vars(base)}


def check_constructor(owner: type, path: str, file: str) -> None:
    try:
        parameters = list(inspect.signature(owner).parameters.values())
    except (ValueError, TypeError):
        return
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    needed = [p.name for p in parameters if p.default is p.empty and p.kind not in variadic]
    if not needed:
        return
    line = line_of(owner)
    name = owner.__name__[:1].lower() + owner.__name__[1:]
    method = path.partition(".")[2] or "method"
    make = f"`{name} = {owner.__name__}(…)`"
    hint = f'Make one in {os.path.basename(file)}, {make}, and name it: "module": "{name}.{method}".'
    raise LoadError(f"{file}{line}: {owner.__name__} needs {', '.join(needed)} to be made", hint=hint)


def line_of(thing: Any) -> str:
    try:
        return f":{inspect.getsourcelines(thing)[1]}"
    except (OSError, TypeError):
        return ""
