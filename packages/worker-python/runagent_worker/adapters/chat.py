"""The common input of agent objects, for frameworks that take a prompt and what was said before it."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..binding import read_messages, text_of
from ..problems import invalid_input, pointed
from ..shape import Errors


class Chat(NamedTuple):
    earlier: list[dict[str, Any]]
    """`{"role", "content"}`, as the caller sent them, oldest first; without the last one."""
    last: dict[str, Any]
    """The message that shall be answered."""

    @property
    def prompt(self) -> str:
        return text_of(self.last.get("content", ""))


def read_chat(value: Any) -> Chat:
    """`{"messages"}`, `{"input": "text"}` or `{"prompt": "text"}`. Raises Fault INVALID_INPUT with pointers."""
    errors: Errors = []
    messages = read_messages(value, "", errors)
    if not errors and not messages:
        errors.append(pointed("/messages", "at least one message is expected"))
    for index, message in enumerate(messages):
        errors.extend(_wrong(message, f"/messages/{index}"))
    if errors:
        raise invalid_input(errors)
    return Chat(messages[:-1], messages[-1])


def _wrong(message: Any, pointer: str) -> Errors:
    if not isinstance(message, dict):
        return [pointed(pointer, 'expected an object with "role" and "content"')]
    return [pointed(f"{pointer}/{name}", "required") for name in ("role", "content") if name not in message]
