"""The start event of a workflow, made of the caller's JSON and nothing else of it."""

from __future__ import annotations

import functools
from typing import Any

from ..binding import CHAT_SCHEMA
from ..problems import invalid_input, pointed, pointer_to
from ..shape import Errors, check_object
from .chat import read_chat

_AGENT_SCHEMA = {
    **CHAT_SCHEMA,
    "properties": {**CHAT_SCHEMA["properties"], "user_msg": {"type": "string"}, "chat_history": {"type": "array"}},
    "anyOf": [*CHAT_SCHEMA["anyOf"], {"required": ["user_msg"]}],
}


class Start:
    def __init__(self, workflow: Any, wanted: str | None) -> None:
        """`wanted`: `input` of the config."""
        self._class = getattr(workflow, "start_event_class", None) or workflow._start_event_class
        self._is_agent = any(base.__name__ == "AgentWorkflowStartEvent" for base in self._class.__mro__)
        self.is_chat = self._is_agent or wanted == "chat"
        fields = {name: one.is_required() for name, one in self._class.model_fields.items()}
        self._only = next(iter(fields)) if len(fields) == 1 else "input"
        self.schema = _AGENT_SCHEMA if self._is_agent else CHAT_SCHEMA if self.is_chat else self._schema(fields)

    def event(self, value: Any, saved: Any) -> Any:
        """`saved`: what the session holds. Raises Fault INVALID_INPUT."""
        if self._is_agent:
            return self._class(**_agent_input(value, saved))
        if self.is_chat:
            chat = read_chat(value)
            value = {self._only: chat.prompt}
            if self._only == "input":
                value["messages"] = [*chat.earlier, chat.last]
        errors: Errors = []
        if not check_object(value, "", errors):
            raise invalid_input(errors)
        return self._made(value)

    def _made(self, fields: dict[str, Any]) -> Any:
        try:
            return self._class(**fields)
        except ValueError as error:
            found = _pydantic_errors(error)
            if not found:
                raise
            raise invalid_input(found) from error

    def _schema(self, fields: dict[str, bool]) -> Any:
        if not fields:
            return {"type": "object"}
        try:
            return self._class.model_json_schema()
        except Exception:  # a field whose type has no schema
            needed = [name for name, required in fields.items() if required]
            return {"type": "object", "properties": {name: {} for name in fields}, "required": needed}


def _agent_input(value: Any, saved: Any) -> dict[str, Any]:
    """What `run` of an agent hands to its start event; what was said before only where the session knows nothing."""
    if isinstance(value, dict) and isinstance(value.get("user_msg"), str):
        said, earlier = value["user_msg"], value.get("chat_history") or []
    else:
        chat = read_chat(value)
        said, earlier = chat.prompt, [{"role": one["role"], "content": one["content"]} for one in chat.earlier]
    return {
        "user_msg": said,
        "chat_history": saved["messages"] if saved is not None else earlier,
        "memory": None,
        "max_iterations": None,
        "early_stopping_method": None,
    }


def _pydantic_errors(error: ValueError) -> Errors:
    """With pointers into the input."""
    read: Any = getattr(error, "errors", list)
    found: list[Any] = read()
    return [pointed(functools.reduce(pointer_to, one["loc"], ""), one["msg"]) for one in found]
