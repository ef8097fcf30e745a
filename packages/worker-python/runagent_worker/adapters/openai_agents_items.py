"""What a caller sends to an OpenAI agent, as items of the SDK: the common chat messages, or its own text and items."""

from __future__ import annotations

from typing import Any

from ..binding import CHAT_SCHEMA, text_of
from ..problems import invalid_input, pointed
from .chat import read_chat

INPUT_SCHEMA = {**CHAT_SCHEMA, "type": ["object", "string", "array"]}


def read_items(value: Any, session: Any) -> Any:
    """What the runner is given. What was said before goes to a session that holds nothing yet, because not every
    version takes a list beside a session. Raises INVALID_INPUT."""
    earlier, new = _read(value)
    if session is None:
        return _short([*earlier, *new])
    if not session.items:
        session.items = earlier
    session.items += new[:-1]
    return _short(new[-1:])


def _read(value: Any) -> tuple[list[Any], list[Any]]:
    """Earlier messages, which a session may know, and new items."""
    native = value.get("input") if isinstance(value, dict) and value.get("messages") is None else value
    if isinstance(native, list):
        return [], _native(native, "/input" if isinstance(value, dict) else "")
    if isinstance(value, str):
        return [], [{"role": "user", "content": value}]
    chat = read_chat(value)
    return [item for message in chat.earlier for item in _items(message)], _items(chat.last)


def _native(items: list[Any], pointer: str) -> list[Any]:
    wrong = [
        pointed(f"{pointer}/{index}", 'expected an item: an object with "role" and "content", or with "type"')
        for index, item in enumerate(items)
        if not (isinstance(item, dict) and ("type" in item or {"role", "content"} <= item.keys()))
    ]
    if wrong or not items:
        raise invalid_input(wrong or [pointed(pointer, "at least one item is expected")])
    return [item for message in items for item in (_items(message) if "role" in message else [message])]


def _short(items: list[Any]) -> Any:
    only = items[0]
    if len(items) == 1 and only.get("role") == "user" and isinstance(only["content"], str):
        return only["content"]
    return items


def _items(message: dict[str, Any]) -> list[Any]:
    role, content = message["role"], message["content"]
    if role == "tool":
        return [
            {"type": "function_call_output", "call_id": message.get("tool_call_id"), "output": text_of(content or "")}
        ]
    if role == "assistant":
        text = text_of(content or "")
        said = [{"role": role, "content": text}] if text else []
        return said + [_call(call) for call in message.get("tool_calls") or ()]
    if isinstance(content, list):
        return [{"role": role, "content": [_part(part) for part in content]}]
    return [{"role": role, "content": text_of(content or "")}]


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = call.get("function") or call
    name, arguments = function.get("name"), function.get("arguments")
    return {"type": "function_call", "call_id": call.get("id"), "name": name, "arguments": arguments}


def _part(part: Any) -> Any:
    """Of chat completions as of responses; others are the SDK's own."""
    if isinstance(part, str):
        return {"type": "input_text", "text": part}
    if isinstance(part, dict) and part.get("type") == "text":
        return {"type": "input_text", "text": part.get("text", "")}
    if isinstance(part, dict) and part.get("type") == "image_url":
        image = part.get("image_url")
        url = image.get("url") if isinstance(image, dict) else image
        return {"type": "input_image", "detail": "auto", "image_url": url}
    return part
