"""The types that leave as something else, recognised by the names of their classes: their packages are never imported
by us.

One entry a kind: `value → Unpacked`; `ready` says that the result needs no second look.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import pathlib
import sys
import uuid
from collections.abc import Callable, Iterable
from typing import Any, NamedTuple


class Unpacked(NamedTuple):
    value: Any = None
    ready: bool = False
    pairs: Iterable[tuple[Any, Any]] | None = None


class Unknown(Exception):
    """Looked like something we know, but cannot be written."""


Unpack = Callable[[Any], Unpacked]


def lookup(value: Any) -> Unpack | None:
    kind = type(value)
    found = _found.get(kind)
    if found is None and kind not in _found:
        found = _found[kind] = _find(kind)
    return found


def unpack(value: Any) -> Unpacked:
    found = lookup(value)
    if found is None:
        raise Unknown
    return found(value)


def _find(kind: type) -> Unpack | None:
    if dataclasses.is_dataclass(kind) and not hasattr(kind, "__pydantic_fields__"):
        return _dataclass
    for base in kind.__mro__:
        name = f"{base.__module__.split('.', 1)[0]}:{base.__qualname__}"
        if name in _BY_NAME:
            return _BY_NAME[name]
    if dataclasses.is_dataclass(kind):
        return _dataclass
    for base, how in _BY_CLASS:
        if issubclass(kind, base):
            return how
    return None


def _text(value: Any) -> Unpacked:
    return Unpacked(str(value))


def _bytes(value: Any) -> Unpacked:
    return Unpacked(base64.b64encode(value).decode(), ready=True)


def _dataclass(value: Any) -> Unpacked:
    return Unpacked(pairs=[(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)])


def _moment(value: Any) -> Unpacked:
    text = value.isoformat()
    return Unpacked(text[:-6] + "Z" if text.endswith("+00:00") else text, ready=True)


def _duration(value: datetime.timedelta) -> Unpacked:
    sign, value = ("-", -value) if value < datetime.timedelta(0) else ("", value)
    hours, rest = divmod(value.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    fraction = f".{value.microseconds:06d}".rstrip("0") if value.microseconds else ""
    clock = f"{hours}H" * bool(hours) + f"{minutes}M" * bool(minutes)
    clock += f"{seconds}{fraction}S" if seconds or fraction else ""
    days = f"{value.days}D" if value.days else ""
    return Unpacked(
        f"{sign}P{days}" + (f"T{clock}" if clock or not days else "") + ("" if clock or days else "0S"), True
    )


def _pydantic(value: Any) -> Unpacked:
    """By alias, with the fields of subclasses. Its own JSON rules; where they fail, and for bytes and complex numbers,
    which it writes as text of some kind, its values under our rules."""
    if not hasattr(value, "model_dump"):
        return Unpacked(value.dict(by_alias=True))
    values = _dump(value, "python")
    try:
        return Unpacked(_merged(values, _dump(value, "json")))
    except Exception:  # a field that Pydantic cannot write: perhaps we can
        return Unpacked(values)


def _merged(value: Any, written: Any) -> Any:
    kind = type(value)
    if kind in _OURS:
        return value
    if kind is dict and type(written) is dict and len(value) == len(written):
        return {key: _merged(one, other) for one, (key, other) in zip(value.values(), written.items())}
    if kind in (list, tuple) and type(written) is list and len(value) == len(written):
        return [_merged(one, other) for one, other in zip(value, written)]
    if kind in (set, frozenset) and any(type(one) in _OURS for one in value):
        return value
    return written


def _dump(value: Any, mode: str) -> Any:
    try:
        return value.model_dump(mode=mode, by_alias=True, serialize_as_any=True)
    except TypeError:  # before Pydantic 2.7
        return value.model_dump(mode=mode, by_alias=True)


def _array(value: Any) -> Unpacked:
    kind = value.dtype.kind
    if kind in "mM":
        return Unpacked(value.astype(f"{'datetime64' if kind == 'M' else 'timedelta64'}[us]").tolist())
    if kind in "biu" or (kind == "f" and bool(sys.modules["numpy"].isfinite(value).all())):
        return Unpacked(value.astype("float64").tolist() if value.dtype.itemsize > 8 else value.tolist(), ready=True)
    return Unpacked(value.astype("float64").tolist() if kind == "f" else value.tolist())


def _scalar(value: Any) -> Unpacked:
    kind = value.dtype.kind
    if kind in "mM":
        return _array(value)
    if kind == "f":
        return Unpacked(float(value))
    inner = value.item()
    if type(inner) is type(value):
        raise Unknown
    return Unpacked(inner)


def _frame(value: Any) -> Unpacked:
    """Records; two columns of one name stay two, so that the collision is seen."""
    columns = [value.iloc[:, at].tolist() for at in range(len(value.columns))]
    names = list(value.columns)
    if len({str(name) for name in names}) < len(names):
        raise ValueError("two columns have the same name")
    return Unpacked([dict(zip(names, row)) for row in zip(*columns)] if names else [{}] * len(value))


def _series(value: Any) -> Unpacked:
    return Unpacked(value.tolist())


def _null(_: Any) -> Unpacked:
    return Unpacked(None, ready=True)


_OURS = frozenset({bytes, bytearray, memoryview, complex})
_BY_NAME: dict[str, Unpack] = {
    "pydantic:BaseModel": _pydantic,
    "numpy:ndarray": _array,
    "numpy:generic": _scalar,
    "pandas:DataFrame": _frame,
    "pandas:Series": _series,
    "pandas:Index": _series,
    "pandas:NaTType": _null,
    "pandas:NAType": _null,
    "pandas:Period": _text,
    "pandas:ExtensionArray": _series,
}
_BY_CLASS: tuple[tuple[type, Unpack], ...] = (
    (datetime.datetime, _moment),
    (datetime.date, _moment),
    (datetime.time, _moment),
    (datetime.timedelta, _duration),
    (uuid.UUID, _text),
    (decimal.Decimal, _text),
    (pathlib.PurePath, _text),
    (bytes, _bytes),
    (bytearray, _bytes),
    (memoryview, _bytes),
)
_found: dict[type, Unpack | None] = {}
