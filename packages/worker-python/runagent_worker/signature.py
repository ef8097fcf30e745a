"""A callable's parameters as the binding sees them: decorators unwrapped, our context taken out, annotations read where
they can be."""

from __future__ import annotations

import dataclasses
import functools
import inspect
import re
import sys
import types
import typing
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Union

EMPTY: Any = inspect.Parameter.empty
UNREADABLE: Any = type("Unreadable", (), {})()
"""Annotated, but with something that cannot be evaluated: not checked."""

_CONTEXT_NAMES = ("context", "ctx")


@dataclass(frozen=True)
class Parameter:
    name: str
    kind: Any
    required: bool
    annotation: Any
    """EMPTY, UNREADABLE, or the type; `Any` and `object` are EMPTY."""
    optional: bool
    """None is a value of it."""
    default: Any = EMPTY


@dataclass(frozen=True)
class Signature:
    parameters: tuple[Parameter, ...]
    """Input only: without the context, `*args` and `**kwargs`."""
    context: Parameter | None
    context_at: int
    """Its place among the positional-only ones."""
    var_positional: bool
    var_keyword: bool
    takes_stream: bool
    returns: Any


def read_signature(function: Callable[..., Any], *, of_class: bool = False) -> Signature:
    """`of_class`: a method found on its class: its first parameter is the instance. Raises ValueError, TypeError."""
    source = underlying(function)
    signature = inspect.signature(function)
    hints = read_hints(source)
    every = list(signature.parameters.values())[1 if of_class else 0 :]
    kinds = inspect.Parameter
    context = next((p for p in every if _is_context(p)), None)
    inputs = [p for p in every if p is not context and p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)]
    before = every[: every.index(context)] if context else []
    required = len(inputs) == 1
    return Signature(
        parameters=tuple(_parameter(p, hints, only=required) for p in inputs),
        context=_parameter(context, hints, only=False) if context else None,
        context_at=sum(p.kind is kinds.POSITIONAL_ONLY for p in before),
        var_positional=any(p.kind is kinds.VAR_POSITIONAL for p in every),
        var_keyword=any(p.kind is kinds.VAR_KEYWORD for p in every),
        takes_stream=any(p.name == "stream" and p.default is not EMPTY for p in inputs),
        returns=hints.get("return", EMPTY),
    )


def needed_only(signature: Signature) -> Signature:
    """Of a framework's own method: what it must be given, else its first parameter. The rest is its configuration."""
    needed = tuple(p for p in signature.parameters if p.required)
    return dataclasses.replace(signature, parameters=needed or signature.parameters[:1], var_keyword=False)


def underlying(function: Any) -> Any:
    """The plain function inside partials, bound methods, callable objects and decorators."""
    for _ in range(100):
        if isinstance(function, functools.partial):
            function = function.func
        elif inspect.ismethod(function):
            function = function.__func__
        elif hasattr(function, "__wrapped__"):
            function = function.__wrapped__
        elif inspect.isfunction(function) or inspect.isclass(function):
            return function
        elif inspect.isfunction(getattr(type(function), "__call__", None)):  # noqa: B004  the method itself
            function = type(function).__call__
        else:
            return function
    return function


def read_hints(source: Any, *, markers: bool = False) -> dict[str, Any]:
    """`markers`: with `Annotated`, `Required` and the like around the types."""
    try:
        return typing.get_type_hints(source, include_extras=markers)
    except Exception:  # a name that exists only for type checkers, a newer syntax: read them one by one
        return _one_by_one(source)


def _one_by_one(source: Any) -> dict[str, Any]:
    names = vars(sys.modules.get(getattr(source, "__module__", ""), types.ModuleType("none")))
    return {name: _evaluated(raw, names) for name, raw in _raw_annotations(source).items()}


def _raw_annotations(source: Any) -> dict[str, Any]:
    try:
        return dict(getattr(source, "__annotations__", None) or {})
    except Exception:  # Python 3.14 evaluates them here
        import annotationlib  # pyright: ignore[reportMissingImports]  of Python 3.14

        return annotationlib.get_annotations(source, format=annotationlib.Format.FORWARDREF)


def _evaluated(raw: Any, names: dict[str, Any]) -> Any:
    try:
        return typing.get_type_hints(types.SimpleNamespace(__annotations__={"it": raw}), names)["it"]
    except Exception:  # unreadable: no constraint
        return UNREADABLE


def plain(annotation: Any) -> tuple[Any, bool]:
    """`Optional[X]` and `Annotated[X]` count as X; whether None was among it. `Any` and `object` count as nothing."""
    optional = False
    while True:
        origin = typing.get_origin(annotation)
        if origin is Annotated:
            annotation = typing.get_args(annotation)[0]
        elif origin in (Union, getattr(types, "UnionType", Union)):
            rest = [one for one in typing.get_args(annotation) if one is not type(None)]
            if len(rest) == len(typing.get_args(annotation)) or len(rest) != 1:
                return annotation, optional or len(rest) < len(typing.get_args(annotation))
            annotation, optional = rest[0], True
        elif isinstance(annotation, typing.NewType):
            annotation = annotation.__supertype__
        elif hasattr(annotation, "__value__") and type(annotation).__name__ == "TypeAliasType":
            annotation = annotation.__value__
        else:
            return (EMPTY, True) if annotation in (Any, object) else (annotation, optional)


def _parameter(parameter: inspect.Parameter, hints: dict[str, Any], *, only: bool) -> Parameter:
    raw = hints.get(parameter.name, EMPTY if parameter.annotation is EMPTY else parameter.annotation)
    if isinstance(raw, str):
        raw = UNREADABLE
    annotation, optional = plain(raw)
    required = parameter.default is EMPTY
    return Parameter(
        name=parameter.name,
        kind=parameter.kind,
        required=required or only,
        annotation=annotation,
        optional=optional or parameter.default is None,
        default=parameter.default,
    )


def _is_context(parameter: inspect.Parameter) -> bool:
    if parameter.kind in (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD):
        return False
    if parameter.annotation is EMPTY:
        return parameter.name in _CONTEXT_NAMES
    annotation = parameter.annotation
    if isinstance(annotation, str):
        words = [word.strip("\"'").rsplit(".", 1)[-1] for word in re.split(r"[\[\]|,\s]+", annotation)]
        return "RunContext" in words or (parameter.name in _CONTEXT_NAMES and words in (["Any"], ["object"]))
    kind = plain(annotation)[0]
    return getattr(kind, "__name__", "") == "RunContext" or (kind is EMPTY and parameter.name in _CONTEXT_NAMES)
