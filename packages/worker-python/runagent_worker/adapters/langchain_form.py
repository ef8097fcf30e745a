"""What a Runnable takes, read from its schema once: text, messages, or an object; and the common chat input as that."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..binding import CHAT_SCHEMA
from .chat import read_chat
from .langchain_schema import readable_schema

_TEXT = {"type": "string"}


class Form:
    def __init__(self, read_schema: Callable[[], Any], wanted: str | None) -> None:
        """`wanted`: `input` of the config."""
        try:
            schema = dict(read_schema())
        except Exception:  # its types have no schema: everything is let through
            schema = {}
        said = schema.get("properties") or {}
        properties: dict[str, Any] = {} if set(said) == {"root"} else said  # so a parallel step says that it takes all
        self._lists = [name for name, one in properties.items() if one.get("type") == "array" and _is_of_messages(one)]
        asked = schema.get("required") or list(properties)
        self._prompt = next((name for name in asked if name in properties and name not in self._lists), None)
        self._is_text = schema.get("type") == "string"
        self._is_messages = not said and not self._is_text and _is_of_messages(schema)
        self.is_chat = wanted == "chat" or (wanted is None and (self._is_text or self._is_messages))
        if not self.is_chat:
            self.schema = {} if said and not properties else readable_schema(lambda: schema)
        else:
            self.schema = {"anyOf": [CHAT_SCHEMA, _TEXT, {"type": "array"}]} if not properties else CHAT_SCHEMA

    def read(self, value: Any) -> Any:
        """Raises Fault INVALID_INPUT."""
        if not self.is_chat or isinstance(value, str):
            return value
        if isinstance(value, list):
            return _messages(value) if self._is_messages else value
        chat = read_chat(value)
        if self._is_messages:
            return _messages([*chat.earlier, chat.last])
        if self._prompt is not None:
            earlier = {name: _messages(chat.earlier) for name in self._lists[:1]}
            return {**earlier, self._prompt: chat.prompt}
        return {self._lists[0]: _messages([*chat.earlier, chat.last])} if self._lists else chat.prompt


def _messages(said: list[Any]) -> Any:
    from langchain_core.messages import convert_to_messages  # the agent's own

    return convert_to_messages(said)


def _is_of_messages(schema: Any) -> bool:
    text = json.dumps({key: value for key, value in schema.items() if key != "$defs"})
    return "AIMessage" in text or "BaseMessage" in text
