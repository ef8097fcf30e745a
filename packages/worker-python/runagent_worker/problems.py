"""Errors as they leave the worker (a WorkerError), and the user's own traceback with our frames hidden.

Every code is one of the catalogue (G2).
"""

from __future__ import annotations

import os
import traceback
from collections.abc import Mapping, Sequence
from typing import Any

OUR_FOLDER = os.path.dirname(os.path.abspath(__file__)) + os.sep
_HIDDEN = (OUR_FOLDER, "<frozen importlib", "<frozen runpy")

AGENT_PROBLEM: Mapping[str, Any] = {
    "type": "https://runagent.dev/errors/AGENT_ERROR",
    "title": "The agent's code raised an error",
    "status": 500,
    "code": "AGENT_ERROR",
    "origin": "agent",
    "retryable": False,
    "hint": "Read the traceback: it is the agent's own.",
}
"""The problem of one failed item of a batch, but for its detail (the catalogue in packages/protocol)."""

Pointed = Mapping[str, str]

NO_LOOP = "no running event loop"
"""What Python's RuntimeError says when code needs the loop that runs."""


class Fault(Exception):
    """An expected bad ending: carries what goes into the `error` frame."""

    def __init__(self, code: str, detail: str, errors: Sequence[Pointed] = (), **more: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.body: dict[str, Any] = {"code": code, "detail": detail}
        if errors:
            self.body["errors"] = list(errors)
        self.body.update({name: value for name, value in more.items() if value})


def pointed(pointer: str, detail: str) -> dict[str, str]:
    return {"pointer": pointer, "detail": detail}


def pointer_to(parent: str, key: object) -> str:
    """RFC 6901."""
    return f"{parent}/{str(key).replace('~', '~0').replace('/', '~1')}"


def invalid_input(errors: Sequence[Pointed]) -> Fault:
    first = errors[0]
    more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
    return Fault("INVALID_INPUT", f"{first['pointer'] or 'the input'}: {first['detail']}{more}", errors)


def agent_error(error: BaseException) -> dict[str, Any]:
    """The body of what a run raised."""
    if isinstance(error, Fault):
        return error.body
    name = class_name(error)
    text = message_of(error)
    detail = f"{name}: {text}" if text else name
    return {"code": "AGENT_ERROR", "detail": detail, "type": name, "traceback": user_traceback(error)}


def class_name(error: BaseException) -> str:
    return type(error).__name__


def message_of(error: BaseException) -> str:
    try:
        return str(error)
    except Exception as broken:  # the user's __str__
        return f"(no message: its __str__ raised {class_name(broken)})"


def user_traceback(error: BaseException) -> str:
    """As Python prints it, without our frames and the import machinery's; causes and groups too."""
    try:
        whole = traceback.TracebackException.from_exception(error)
        _hide(whole, set())
        return "".join(whole.format()).rstrip()
    except Exception:  # a user's exception that cannot be printed must not hide that there was one
        return f"{class_name(error)}: {message_of(error)}"


def _hide(one: traceback.TracebackException, seen: set[int]) -> None:
    if id(one) in seen:
        return
    seen.add(id(one))
    one.stack[:] = [frame for frame in one.stack if not frame.filename.startswith(_HIDDEN)]
    for inner in (one.__cause__, one.__context__, *(getattr(one, "exceptions", None) or ())):
        if inner is not None:
            _hide(inner, seen)


def last_user_line(error: BaseException) -> tuple[str, int, str] | None:
    """File, line and text of the innermost frame that is the user's."""
    frames = [f for f in traceback.extract_tb(error.__traceback__) if not f.filename.startswith(_HIDDEN)]
    return (frames[-1].filename, frames[-1].lineno or 0, frames[-1].line or "") if frames else None
