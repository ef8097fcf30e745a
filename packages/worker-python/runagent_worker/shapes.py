"""An annotation as a JSON Schema and as a check of one value: made together, so that they agree.

Checked, never coerced: an int passes for a float, a bool is no int. What cannot be read is not checked. Only what JSON
cannot carry is built: dataclasses, Pydantic models, enum members.
"""

from __future__ import annotations

import collections.abc
import types
import typing
from collections.abc import Callable
from typing import Any, Literal, Union

from .problems import pointed, pointer_to
from .shape import ANYTHING, Errors, Json, Shape, check_object, json_name
from .shape_objects import is_built_from_object, is_typed_dict, object_shape
from .signature import EMPTY, UNREADABLE, plain

_LISTS = (
    list,
    set,
    frozenset,
    collections.abc.Sequence,
    collections.abc.Iterable,
    collections.abc.Collection,
    collections.abc.MutableSequence,
    collections.abc.Set,
    collections.abc.MutableSet,
)
_MAPS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)


class Shapes:
    """Reads annotations; `defs` collects the schemas that are referred to."""

    def __init__(self) -> None:
        self.defs: dict[str, Json] = {}
        self._inside: list[Any] = []

    def of(self, annotation: Any) -> Shape:
        annotation, optional = plain(annotation)
        shape = self._of_plain(annotation)
        return _or_null(shape) if optional else shape

    def _of_plain(self, annotation: Any) -> Shape:
        if annotation is EMPTY or annotation is UNREADABLE:
            return ANYTHING
        if annotation is None:
            annotation = type(None)
        if annotation in self._inside:
            return ANYTHING  # a type within itself: its inner values are not checked
        self._inside.append(annotation)
        try:
            return self._known(annotation)
        except Exception:  # an annotation that raises when looked at is one that we cannot read
            return ANYTHING
        finally:
            self._inside.pop()

    def _known(self, annotation: Any) -> Shape:  # noqa: PLR0911  one line a kind
        scalar = _SCALARS.get(annotation) if isinstance(annotation, type) else None
        if scalar is not None:
            return scalar
        origin, args = typing.get_origin(annotation), typing.get_args(annotation)
        if origin is Literal:
            return _literal(args)
        if origin in (Union, getattr(types, "UnionType", Union)):
            return _union([self.of(one) for one in args])
        base = origin or annotation
        if base is tuple:
            return self._tuple(args)
        if base in _LISTS:
            return _list(self.of(args[0]) if args else ANYTHING)
        if base in _MAPS:
            return _map(self.of(args[1]) if len(args) > 1 else ANYTHING)
        return object_shape(annotation, self) or ANYTHING

    def _tuple(self, args: tuple[Any, ...]) -> Shape:
        if len(args) == 2 and args[1] is Ellipsis:
            return _list(self.of(args[0]))
        return _list(ANYTHING)


def is_object_type(annotation: Any) -> bool:
    """dict, Mapping, TypedDict, dataclass or Pydantic model: takes a whole body (frameworks.md §2, rule 2)."""
    base = typing.get_origin(annotation) or annotation
    return base in _MAPS or is_typed_dict(base) or is_built_from_object(base)


def is_list_type(annotation: Any) -> bool:
    base = typing.get_origin(annotation) or annotation
    if base in _LISTS or base is tuple or annotation in (EMPTY, UNREADABLE):
        return True
    if base in (Union, getattr(types, "UnionType", Union)):
        return any(is_list_type(plain(one)[0]) for one in typing.get_args(annotation))
    known = (str, int, float, bool, bytes, type(None))
    return not (base in known or base in _MAPS or is_typed_dict(base))


def _scalar(schema: str, name: str, fits: Callable[[Any], bool]) -> Shape:
    def read(value: Any, pointer: str, errors: Errors) -> Any:
        if not fits(value):
            errors.append(pointed(pointer, f"expected {name}, found {json_name(value)}"))
        return value

    return Shape({"type": schema}, read)


_SCALARS: dict[Any, Shape] = {
    str: _scalar("string", "text", lambda v: type(v) is str),
    int: _scalar("integer", "an integer", lambda v: type(v) is int),
    float: _scalar("number", "a number", lambda v: type(v) is float or type(v) is int),
    bool: _scalar("boolean", "a boolean", lambda v: type(v) is bool),
    type(None): _scalar("null", "null", lambda v: v is None),
}


def _or_null(shape: Shape) -> Shape:
    inner = shape.read
    if inner is None:
        return ANYTHING

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        return None if value is None else inner(value, pointer, errors)

    return Shape({"anyOf": [shape.schema, {"type": "null"}]}, read)


def _union(shapes: list[Shape]) -> Shape:
    if any(shape.read is None for shape in shapes):
        return ANYTHING

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        tried: list[Errors] = []
        for shape in shapes:
            found: Errors = []
            result = shape.read(value, pointer, found) if shape.read else value
            if not found:
                return result
            tried.append(found)
        deepest = [one for one in tried if any(error["pointer"] != pointer for error in one)]
        one_of = " or ".join(error["detail"] for found in tried for error in found[:1])
        errors.extend(deepest[0] if len(deepest) == 1 else [pointed(pointer, one_of)])
        return value

    return Shape({"anyOf": [shape.schema for shape in shapes]}, read)


def _literal(values: tuple[Any, ...]) -> Shape:
    schema = [getattr(value, "value", value) for value in values]

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        for raw, one in zip(schema, values):
            if raw == value and type(raw) is type(value):
                return one
        errors.append(pointed(pointer, f"expected one of {', '.join(map(repr, schema))}"))
        return value

    return Shape({"enum": schema}, read)


def _list(item: Shape) -> Shape:
    def read(value: Any, pointer: str, errors: Errors) -> Any:
        if not isinstance(value, list):
            errors.append(pointed(pointer, f"expected a list, found {json_name(value)}"))
            return value
        if item.read is None:
            return value
        return [item.read(one, f"{pointer}/{index}", errors) for index, one in enumerate(value)]

    return Shape({"type": "array", **({"items": item.schema} if item.schema else {})}, read)


def _map(item: Shape) -> Shape:
    def read(value: Any, pointer: str, errors: Errors) -> Any:
        if not check_object(value, pointer, errors) or item.read is None:
            return value
        return {key: item.read(one, pointer_to(pointer, key), errors) for key, one in value.items()}

    return Shape({"type": "object", **({"additionalProperties": item.schema} if item.schema else {})}, read)
