"""What a shape is: a JSON Schema and the check of one value that goes with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from .problems import Pointed, pointed

Errors = list[Pointed]
Read = Callable[[Any, str, Errors], Any]
"""Value, its pointer, where errors go → the value as the function gets it."""

Json = dict[str, Any]


class Shape(NamedTuple):
    schema: Json
    read: Read | None
    """None: everything passes as it is."""


ANYTHING = Shape({}, None)


def check_object(value: Any, pointer: str, errors: Errors) -> bool:
    if isinstance(value, dict):
        return True
    errors.append(pointed(pointer, f"expected an object, found {json_name(value)}"))
    return False


def json_name(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, int):
        return "an integer"
    if isinstance(value, float):
        return "a number"
    return "text" if isinstance(value, str) else "a list" if isinstance(value, list) else "an object"
