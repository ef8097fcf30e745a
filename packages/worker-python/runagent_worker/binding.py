"""How the caller's JSON becomes the arguments of a function: decided once, at load (frameworks.md §2).

The caller's keys never choose the way; they are data.
"""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable
from typing import Any, NamedTuple

from .problems import invalid_input, pointed, pointer_to
from .shape import Errors, Json, Read, Shape, check_object, json_name
from .shapes import Shapes, is_list_type, is_object_type
from .signature import EMPTY, Parameter, Signature

WHOLE_BODY_NAMES = frozenset({"input", "inputs", "input_data", "data", "payload", "request", "body", "event", "state"})

Bind = Callable[[Any], "tuple[list[Any], dict[str, Any]]"]
"""The input → positional and keyword arguments. Raises INVALID_INPUT."""


class Binding(NamedTuple):
    shape: str
    """`object`, `args` or `chat`."""
    schema: Json
    bind: Bind


class Contradiction(Exception):
    """What the config says and the function cannot be brought together."""


def choose_binding(signature: Signature, kind: str, wanted: str | None) -> Binding:
    """`kind`: the entrypoint's type; `wanted`: `input` of the config. Raises Contradiction."""
    required = [p for p in signature.parameters if p.required]
    if kind == "batch":
        return _batch(signature, required)
    if wanted == "object":
        return _whole(signature, _receiver(signature, required, wanted), checked=True)
    if wanted == "chat":
        return _chat(signature, _receiver(signature, required, wanted))
    if wanted is None and len(required) == 1:
        only = required[0]
        if is_object_type(only.annotation):
            return _whole(signature, only, checked=True)
        if only.annotation is EMPTY and only.name in WHOLE_BODY_NAMES:
            return _whole(signature, only, checked=False)
    if signature.var_positional and not signature.parameters and not signature.var_keyword:
        raise Contradiction('it takes values without names, which no JSON object has: say "input": "object"')
    return _by_name(signature)


def _receiver(signature: Signature, required: list[Parameter], wanted: str) -> Parameter:
    if len(required) > 1:
        names = ", ".join(p.name for p in required)
        raise Contradiction(f'"input": "{wanted}" needs a function of one parameter; this one needs {names}')
    found = required or list(signature.parameters)
    if found:
        return found[0]
    if signature.var_positional:
        kind = inspect.Parameter.POSITIONAL_ONLY
        return Parameter("input", kind, required=True, annotation=EMPTY, optional=False)
    raise Contradiction(f'"input": "{wanted}" needs a parameter to hand the input to; this function has none')


def _batch(signature: Signature, required: list[Parameter]) -> Binding:
    if len(required) > 1:
        names = ", ".join(p.name for p in required)
        raise Contradiction(f'type "batch" hands the list to one parameter; this function needs {names}')
    found = required or list(signature.parameters)
    if not found and not signature.var_positional:
        raise Contradiction('type "batch" needs a parameter that takes the list; this function has none')
    only = found[0] if found else _receiver(signature, required, "object")
    if not is_list_type(only.annotation):
        name = getattr(only.annotation, "__name__", str(only.annotation))
        raise Contradiction(f'type "batch" hands over a list, but {only.name} is annotated {name}')
    shapes = Shapes()
    shape = shapes.of(only.annotation)
    schema = shape.schema if shape.schema.get("type") == "array" else {"type": "array"}

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        if not isinstance(value, list):
            errors.append(pointed(pointer, f"expected a list, found {json_name(value)}"))
            return value
        return shape.read(value, pointer, errors) if shape.read else value

    return Binding("object", _with_defs(schema, shapes), _one(signature, only, read))


def _whole(signature: Signature, parameter: Parameter, *, checked: bool) -> Binding:
    shapes = Shapes()
    shape = shapes.of(parameter.annotation) if checked else Shape({}, None)
    return Binding("object", _with_defs(shape.schema, shapes), _one(signature, parameter, shape.read))


def _one(signature: Signature, parameter: Parameter, read: Read | None) -> Bind:
    """By position, which decorators pass on whatever they call it; by name beside a context, which may stand first."""
    by_name = parameter.kind is inspect.Parameter.KEYWORD_ONLY
    by_name = by_name or (signature.context is not None and parameter.kind is not inspect.Parameter.POSITIONAL_ONLY)
    keyword = parameter.name if by_name else None

    def bind(value: Any) -> tuple[list[Any], dict[str, Any]]:
        if read is not None:
            errors: Errors = []
            value = read(value, "", errors)
            if errors:
                raise invalid_input(errors)
        return ([value], {}) if keyword is None else ([], {keyword: value})

    return bind


CHAT_SCHEMA: Json = {
    "type": "object",
    "properties": {"messages": {"type": "array"}, "input": {}, "prompt": {}},
    "anyOf": [{"required": ["messages"]}, {"required": ["input"]}, {"required": ["prompt"]}],
}


def _chat(signature: Signature, parameter: Parameter) -> Binding:
    last_only = parameter.name in ("message", "prompt", "query")

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        messages = read_messages(value, pointer, errors)
        return _last_user_text(messages) if last_only else messages

    return Binding("chat", CHAT_SCHEMA, _one(signature, parameter, read))


def read_messages(value: Any, pointer: str, errors: Errors) -> list[Any]:
    """The common input of agents: `messages`, or `input` or `prompt` as one user message."""
    if not check_object(value, pointer, errors):
        return []
    messages = value.get("messages")
    if messages is None:
        return _only_message(value, pointer, errors)
    if not isinstance(messages, list):
        errors.append(pointed(pointer_to(pointer, "messages"), f"expected a list, found {json_name(messages)}"))
        return []
    return messages


def _only_message(value: Json, pointer: str, errors: Errors) -> list[Any]:
    name = next((name for name in ("input", "prompt") if value.get(name) is not None), None)
    text = value[name] if name else None
    if isinstance(text, str):
        return [{"role": "user", "content": text}]
    if isinstance(text, list):
        return text
    known = f"expected text, found {json_name(text)}" if name else "required: `messages`, `input` or `prompt`"
    errors.append(pointed(pointer_to(pointer, name or "messages"), known))
    return []


def _last_user_text(messages: list[Any]) -> str:
    for message in reversed(messages):
        if isinstance(message, dict) and message.get("role", "user") == "user":
            return text_of(message.get("content", ""))
    return ""


def text_of(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") if isinstance(part, dict) else str(part) for part in content)
    return content if isinstance(content, str) else str(content)


def _by_name(signature: Signature) -> Binding:
    shapes = Shapes()
    parameters = signature.parameters
    read_as = {p.name: shapes.of(p.annotation) for p in parameters}
    for p in parameters:
        if p.optional and read_as[p.name].read is not None:
            read_as[p.name] = _nullable(read_as[p.name])
    places = [_Place(p.name, p.default is EMPTY, p.kind, read_as[p.name].read, p.default) for p in parameters]
    schema: Json = {"type": "object", "properties": {p.name: _described(p, read_as[p.name]) for p in parameters}}
    needed = [place.name for place in places if place.required]
    if needed:
        schema["required"] = needed
    if not signature.var_keyword:
        schema["additionalProperties"] = False
    return Binding("args", _with_defs(schema, shapes), _filler(places, signature.var_keyword))


class _Place(NamedTuple):
    name: str
    required: bool
    kind: Any
    read: Read | None
    default: Any


def _filler(places: list[_Place], unknown_allowed: bool) -> Bind:
    names = {place.name for place in places}
    positional = [place for place in places if place.kind is inspect.Parameter.POSITIONAL_ONLY]

    def bind(value: Any) -> tuple[list[Any], dict[str, Any]]:
        errors: Errors = []
        if not check_object(value, "", errors):
            raise invalid_input(errors)
        found: dict[str, Any] = {}
        for name, required, _, read, _ in places:
            if name in value:
                item = value[name]
                found[name] = item if read is None else read(item, pointer_to("", name), errors)
            elif required:
                errors.append(pointed(pointer_to("", name), "required"))
        if len(found) < len(value):
            others = {key: item for key, item in value.items() if key not in names}
            if unknown_allowed:
                found.update(others)
            else:
                errors.extend(pointed(pointer_to("", key), _unknown(names)) for key in others)
        if errors:
            raise invalid_input(errors)
        if not positional:
            return [], found
        return [found.pop(p.name, p.default) for p in positional], found

    return bind


def _unknown(names: set[str]) -> str:
    return f"unknown; the function takes {', '.join(sorted(names)) or 'nothing'}"


def _nullable(shape: Shape) -> Shape:
    inner = shape.read
    if inner is None:
        return shape

    def read(value: Any, pointer: str, errors: Errors) -> Any:
        return None if value is None else inner(value, pointer, errors)

    return Shape({"anyOf": [shape.schema, {"type": "null"}]}, read)


def _described(parameter: Parameter, shape: Shape) -> Json:
    default = parameter.default
    simple = type(default) in (str, int, bool) or (type(default) is float and math.isfinite(default))
    return {**shape.schema, "default": default} if simple else shape.schema


def _with_defs(schema: Json, shapes: Shapes) -> Json:
    return {**schema, "$defs": shapes.defs} if shapes.defs else schema
