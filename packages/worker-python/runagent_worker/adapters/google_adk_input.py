"""The caller's input as ADK content: the common chat input with text, images and files, or `new_message` with parts.

Parts that only a model or a tool makes are refused.
"""

from __future__ import annotations

import json
from typing import Any

from ..binding import text_of
from ..problems import Fault, invalid_input, pointed
from .chat import read_chat

_TAKEN = ("text", "inline_data", "inlineData", "file_data", "fileData")


def read_content(value: Any) -> tuple[Any, list[dict[str, Any]]]:
    """The message to answer, and what was said before it. Raises Fault INVALID_INPUT."""
    if isinstance(value, dict) and value.get("new_message") is not None:
        message = value["new_message"]
        parts = message.get("parts") if isinstance(message, dict) else None
        if not isinstance(parts, list) or not parts:
            raise invalid_input([pointed("/new_message/parts", "a list of parts is expected")])
        return _content("user", [_part(part, f"/new_message/parts/{at}") for at, part in enumerate(parts)]), []
    chat = read_chat(value)
    return _content("user", _parts(chat.last["content"], f"/messages/{len(chat.earlier)}/content")), chat.earlier


def history(earlier: list[dict[str, Any]], agent: str) -> list[Any]:
    """Earlier messages as events of a session."""
    from google.adk.events import Event  # the agent's own

    events: list[Any] = []
    for message in earlier:
        own = message["role"] == "assistant"
        content = _content("model" if own else "user", _parts(message["content"], "/messages"))
        events.append(Event(author=agent if own else "user", invocation_id="earlier", content=content))
    return events


def answer_to(pending: list[list[str]], answer: Any) -> Any:
    """What a person said, as responses to the calls that asked. Several calls: by id, else all get the same."""
    from google.genai import types  # the agent's own

    by_id = answer if isinstance(answer, dict) and all(id in answer for id, _ in pending) else None
    parts: list[Any] = []
    for id, name in pending:
        said = answer if by_id is None else by_id[id]
        key = "confirmed" if name == "adk_request_confirmation" else "result"
        response = said if isinstance(said, dict) else {key: said}
        given = types.FunctionResponse(id=id, name=name, response=response)
        parts.append(types.Part(function_response=given))
    return _content("user", parts)


def _content(role: str, parts: list[Any]) -> Any:
    from google.genai import types  # the agent's own

    return types.Content(role=role, parts=parts)


def _parts(content: Any, pointer: str) -> list[Any]:
    if not isinstance(content, list):
        return [_part({"text": text_of(content)}, pointer)]
    return [_part(_native(part), f"{pointer}/{index}") for index, part in enumerate(content)]


def _native(part: Any) -> Any:
    """Parts as other clients write them: OpenAI's text, image and file."""
    if isinstance(part, str):
        return {"text": part}
    kind = part.get("type") if isinstance(part, dict) else None
    if kind == "image_url":
        image = part.get("image_url")
        return _from_uri(image.get("url") if isinstance(image, dict) else image)
    if kind == "file":
        return _from_uri((part.get("file") or {}).get("file_data"))
    return {key: part[key] for key in part if key != "type"} if kind is not None else part


def _from_uri(uri: Any) -> Any:
    if not isinstance(uri, str) or not uri.startswith("data:"):
        return {"file_data": {"file_uri": uri}}
    about, _, data = uri[5:].partition(",")
    return {"inline_data": {"mime_type": about.partition(";")[0], "data": data}}


def _part(part: Any, pointer: str) -> Any:
    from google.genai import types  # the agent's own

    if not isinstance(part, dict) or not any(name in part for name in _TAKEN):
        raise invalid_input([pointed(pointer, "expected text, inline_data or file_data")])
    taken = {name: part[name] for name in _TAKEN if name in part}
    try:
        return types.Part.model_validate_json(json.dumps(taken))  # as JSON: bytes in it are base64
    except ValueError as error:
        raise _wrong(pointer, error) from error


def _wrong(pointer: str, error: ValueError) -> Fault:
    return invalid_input([pointed(pointer, str(error).partition("For further")[0].strip())])
