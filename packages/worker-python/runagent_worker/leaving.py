"""What an agent gave, as JSON text (frameworks.md §4, "Leaving").

Plain data costs one look and one C encoding. Everything else goes through `convert`, which knows the place of what
cannot leave: never a silent `repr`.
"""

from __future__ import annotations

import json
import math
import sys
from collections import deque
from collections.abc import Callable, ItemsView, KeysView, Mapping, ValuesView
from enum import Enum
from json import encoder
from typing import Any

from .leaving_kinds import Unknown, lookup, unpack
from .problems import Fault, class_name, message_of, pointed, pointer_to

Note = Callable[[str], None]

_SCALARS = frozenset({str, int, float, bool, type(None)})
_PLAIN = frozenset({dict, list, tuple})
_ARRAYS = (list, tuple, set, frozenset, deque, range, KeysView, ValuesView, ItemsView)
_text: Callable[[str], str] = encoder.encode_basestring  # pyright: ignore[reportUnknownMemberType, reportAttributeAccessIssue]  not in the stubs


def _encoder() -> Callable[[Any], str]:
    """`JSONEncoder.encode` makes an encoder in C for every value; this one is made once."""
    slow = json.JSONEncoder(ensure_ascii=False, allow_nan=False, check_circular=False, separators=(",", ":"))
    make: Any = getattr(encoder, "c_make_encoder", None)
    if make is None:
        return slow.encode
    parts = make(None, slow.default, _text, None, ":", ",", False, False, False)
    return lambda value: "".join(parts(value, 0))


_encode = _encoder()


def encode(value: Any, note: Note) -> bytes:
    """JSON as UTF-8. `note` is told what was changed on the way. Raises OUTPUT_NOT_JSON."""
    kind = type(value)
    try:
        if kind is str:
            return _text(value).encode()
        if kind is int:
            return b"%d" % value
        if kind in _SCALARS or (kind in _PLAIN and _is_plain(value)):
            return _encode(value).encode()
    except (ValueError, RecursionError):
        pass  # NaN, a lone surrogate, a cycle, a very long integer: the long way says where, or mends it
    return _encode_slowly(value, note)


def _is_plain(value: Any) -> bool:
    """Only what the C encoder writes exactly as the rules say: exact types, keys that are text."""
    if type(value) is dict:
        for key in value:
            if type(key) is not str:
                return False
        value = value.values()
    for item in value:
        kind = type(item)
        if kind not in _SCALARS and not (kind in _PLAIN and _is_plain(item)):
            return False
    return True


def _encode_slowly(value: Any, note: Note) -> bytes:
    try:
        plain = _Converter(note).convert(value, "")
        return _with_long_integers(lambda: _encode(plain)).encode()
    except RecursionError:
        raise not_json("", "it is nested too deeply") from None


def _with_long_integers(write: Callable[[], str]) -> str:
    """Integers leave exact in full: Python's guard against long conversions is lifted for this one."""
    setter = getattr(sys, "set_int_max_str_digits", None)
    if setter is None:
        return write()
    before = sys.get_int_max_str_digits()
    setter(0)
    try:
        return write()
    finally:
        setter(before)


def not_json(pointer: str, why: str) -> Fault:
    return Fault("OUTPUT_NOT_JSON", f"{pointer or 'the output'}: {why}", [pointed(pointer, why)])


class _Converter:
    def __init__(self, note: Note) -> None:
        self._note = note
        self._inside: set[int] = set()

    def convert(self, value: Any, pointer: str) -> Any:
        kind = type(value)
        if kind is str:
            return _without_surrogates(value)
        if kind is float:
            return self._number(value, pointer)
        if value is None or kind is bool or kind is int:
            return value
        if id(value) in self._inside:
            raise not_json(pointer, "it contains itself")
        self._inside.add(id(value))
        try:
            return self._compound(value, pointer)
        finally:
            self._inside.discard(id(value))

    def _compound(self, value: Any, pointer: str) -> Any:  # noqa: PLR0911  one line a kind
        if isinstance(value, Enum):
            return self._enum(value, pointer)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            named: Any = value
            return self._object(zip(named._fields, named), pointer)
        found = lookup(value)
        if found is not None:
            return self._unpacked(value, pointer)
        if isinstance(value, str):
            return _without_surrogates(str.__str__(value))
        if isinstance(value, int):
            return int(value)
        if isinstance(value, float):
            return self._number(float(value), pointer)
        if isinstance(value, Mapping):
            return self._object(value.items(), pointer)
        if isinstance(value, _ARRAYS):
            return [self.convert(item, f"{pointer}/{index}") for index, item in enumerate(value)]
        raise not_json(pointer, f"a value of type {_type_name(value)} cannot be written as JSON")

    def _unpacked(self, value: Any, pointer: str) -> Any:
        try:
            inner = unpack(value)
        except Unknown:
            raise not_json(pointer, f"a value of type {_type_name(value)} cannot be written as JSON") from None
        except Exception as error:
            raise not_json(pointer, f"{_type_name(value)}: {class_name(error)}: {message_of(error)}") from error
        if inner.ready:
            return inner.value
        if inner.pairs is not None:
            return self._object(inner.pairs, pointer)
        return self.convert(inner.value, pointer)

    def _enum(self, value: Enum, pointer: str) -> Any:
        try:
            return self.convert(value.value, pointer)
        except Fault:
            return value.name

    def _number(self, value: float, pointer: str) -> float | None:
        if math.isfinite(value):
            return value
        self._note(f"{pointer or 'the output'}: {value!r} is not JSON and was written as null")
        return None

    def _object(self, pairs: Any, pointer: str) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for raw, item in pairs:
            key = _key(raw, pointer)
            place = pointer_to(pointer, key)
            if key in result:
                raise not_json(place, f"two keys become {key!r}")
            result[key] = self.convert(item, place)
        return result


def _key(key: Any, pointer: str) -> str:  # noqa: PLR0911  one line a kind
    if isinstance(key, Enum):
        return _key(key.value, pointer)
    if isinstance(key, str):
        return _without_surrogates(str.__str__(key))
    if key is None:
        return "null"
    if isinstance(key, bool):
        return "true" if key else "false"
    if isinstance(key, int):
        return int.__repr__(key)
    if isinstance(key, float):
        return json.dumps(float(key))
    if type(key).__module__ == "numpy" and hasattr(key, "item"):
        return _key(key.item(), pointer)
    raise not_json(pointer, f"a key of type {_type_name(key)} cannot be written as JSON")


def _without_surrogates(text: str) -> str:
    try:
        text.encode()
        return text
    except UnicodeEncodeError:
        # through UTF-16, which joins halves that belong together
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _type_name(value: Any) -> str:
    kind = type(value)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
