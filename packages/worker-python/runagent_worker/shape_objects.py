"""Shapes of classes: TypedDict, dataclass, Enum, Pydantic model (recognised by name, v1 and v2).

A schema never refuses what the class itself would take: Pydantic reads "3" as 3, so its schema here does too.
"""

from __future__ import annotations

import dataclasses
import enum
import inspect
import typing
from collections.abc import Callable
from typing import Any, Protocol

from .problems import message_of, pointed, pointer_to
from .shape import ANYTHING, Errors, Json, Shape, check_object
from .signature import EMPTY, UNREADABLE, read_hints


class Shapes(Protocol):
    """Whoever reads the annotations inside."""

    defs: dict[str, Json]

    def of(self, annotation: Any) -> Shape: ...


def is_built_from_object(kind: Any) -> bool:
    return inspect.isclass(kind) and (dataclasses.is_dataclass(kind) or _is_pydantic(kind))


def is_typed_dict(kind: Any) -> bool:
    """That of typing_extensions too, whose class is its own on older Pythons."""
    return typing.is_typeddict(kind) or type(kind).__name__ == "_TypedDictMeta"


def object_shape(annotation: Any, shapes: Shapes) -> Shape | None:
    """None: not one of these."""
    kind = typing.get_origin(annotation) or annotation
    if is_typed_dict(kind):
        return _fields(kind, _typed_dict_fields(kind), shapes, None)
    if not inspect.isclass(kind):
        return None
    if issubclass(kind, enum.Enum):
        return _enum(kind)
    if _is_pydantic(annotation) or _is_pydantic(kind):
        return _pydantic(annotation, shapes)
    if dataclasses.is_dataclass(kind):
        return _dataclass(kind, shapes)
    return None


def _is_pydantic(kind: Any) -> bool:
    return inspect.isclass(kind) and any(
        base.__name__ == "BaseModel" and base.__module__.split(".")[0] == "pydantic" for base in kind.__mro__
    )


def _enum(kind: type[enum.Enum]) -> Shape:
    values = [member.value for member in kind]

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        for member in kind:
            if member.value == value and isinstance(value, bool) == isinstance(member.value, bool):
                return member
        errors.append(pointed(pointer, f"expected one of {', '.join(map(repr, values))}"))
        return value

    simple = all(isinstance(value, (str, int, float, bool, type(None))) for value in values)
    return Shape({"enum": values}, read) if simple else ANYTHING


def _typed_dict_fields(kind: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """Markers count more than `__required_keys__`, which does not see them where annotations are text."""
    hints = read_hints(kind, markers=True)
    required = set(getattr(kind, "__required_keys__", hints))
    for name, hint in hints.items():
        marker = getattr(typing.get_origin(hint), "_name", None)
        if marker == "Required":
            required.add(name)
        elif marker == "NotRequired":
            required.discard(name)
    return {name: _without_marker(hint) for name, hint in hints.items()}, frozenset(required)


def _without_marker(hint: Any) -> Any:
    name = getattr(typing.get_origin(hint), "_name", None)
    return typing.get_args(hint)[0] if name in ("Required", "NotRequired", "ReadOnly") else hint


def _dataclass(kind: Any, shapes: Shapes) -> Shape:
    hints = read_hints(kind)
    fields = [field for field in dataclasses.fields(kind) if field.init]
    types = {field.name: hints.get(field.name, UNREADABLE) for field in fields}
    required = frozenset(f.name for f in fields if f.default is f.default_factory is dataclasses.MISSING)
    if hasattr(kind, "__pydantic_validator__"):
        types = dict.fromkeys(types, EMPTY)  # validates by its own rules
    return _fields(kind, (types, required), shapes, kind)


def _fields(
    kind: Any, fields: tuple[dict[str, Any], frozenset[str]], shapes: Shapes, build: Callable[..., Any] | None
) -> Shape:
    types, required = fields
    inner = {name: shapes.of(hint) for name, hint in types.items()}
    schema: Json = {"title": kind.__name__, "type": "object"}
    schema["properties"] = {name: shape.schema for name, shape in inner.items()}
    if required:
        schema["required"] = [name for name in types if name in required]
    if build is not None:
        schema["additionalProperties"] = False

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        before = len(errors)
        if not check_object(value, pointer, errors):
            return value
        errors.extend(pointed(pointer_to(pointer, n), "required") for n in types if n in required and n not in value)
        result = dict(value)
        for name, item in value.items():
            shape = inner.get(name)
            if shape is not None and shape.read is not None:
                result[name] = shape.read(item, pointer_to(pointer, name), errors)
            elif shape is None and build is not None:
                errors.append(pointed(pointer_to(pointer, name), "unknown"))
        if build is None or len(errors) > before:
            return result
        return _built(build, result, (pointer, errors))

    return Shape(schema, read)


def _built(build: Callable[..., Any], fields: dict[str, Any], where: tuple[str, Errors]) -> Any:
    """The class's own `__post_init__` may refuse too: that is the caller's mistake, not the agent's."""
    try:
        return build(**fields)
    except (ValueError, TypeError) as error:
        where[1].extend(_pydantic_errors(error, where[0]) or [pointed(where[0], message_of(error))])
        return fields


def _pydantic(kind: Any, shapes: Shapes) -> Shape:
    validate: Callable[[Any], Any] = kind.model_validate if hasattr(kind, "model_validate") else kind.parse_obj

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        try:
            return validate(value)
        except ValueError as error:  # its ValidationError is one, in v1 and v2
            errors.extend(_pydantic_errors(error, pointer) or [pointed(pointer, message_of(error))])
            return value

    return Shape(_pydantic_schema(kind, shapes), read)


def _pydantic_errors(error: Exception, pointer: str) -> Errors:
    listed = getattr(error, "errors", None)
    if not callable(listed):
        return []
    found: Any = listed()
    return [pointed("".join([pointer, *(pointer_to("", key) for key in one["loc"])]), one["msg"]) for one in found]


def _pydantic_schema(kind: Any, shapes: Shapes) -> Json:
    try:
        if hasattr(kind, "model_json_schema"):
            schema = kind.model_json_schema(by_alias=True)
        else:
            schema = kind.schema(by_alias=True, ref_template="#/$defs/{model}")
    except Exception:  # a field that has no JSON Schema
        return {}
    for name, inner in {**schema.pop("$defs", {}), **schema.pop("definitions", {})}.items():
        shapes.defs[name] = _loosened(inner)
    return {} if _has_early_validators(kind) else _loosened(schema)


def _has_early_validators(kind: Any) -> bool:
    """Validators that run before the fields' own may take any form."""
    found = getattr(kind, "__pydantic_decorators__", None)
    if found is None:
        return bool(getattr(kind, "__pre_root_validators__", None))
    every = [*found.field_validators.values(), *found.model_validators.values()]
    return any(one.info.mode != "after" for one in every)


_ALSO = {"integer": ["integer", "number", "string", "boolean"], "number": ["number", "string", "boolean"]}
_ALSO["boolean"] = ["boolean", "integer", "number", "string"]


def _loosened(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_loosened(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    result = {
        key: value if key in ("default", "examples", "enum", "const") else _loosened(value)
        for key, value in schema.items()
    }
    kind = result.get("type")
    if isinstance(kind, str) and kind in _ALSO:
        result["type"] = _ALSO[kind]
    elif kind == "string" and "format" in result:
        result["type"] = ["string", "number"]
        del result["format"]
    return result
