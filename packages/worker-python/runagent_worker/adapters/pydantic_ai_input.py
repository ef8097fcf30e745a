"""What a caller sends to a Pydantic AI agent: the common chat messages, or `user_prompt` and `message_history` of the
framework's own form; and `deps`, if the agent's type of them can be made of JSON.
"""

from __future__ import annotations

import functools
from typing import Any

from ..binding import text_of
from ..problems import invalid_input, message_of, pointed, pointer_to
from .chat import read_chat

_NONE: Any = object()


class Given:
    def __init__(self, prompt: Any, earlier: list[Any], deps: Any) -> None:
        self.prompt = prompt
        self.deps = deps
        self._earlier = earlier

    async def history(self, agent: Any) -> list[Any]:
        """With the agent's system prompt, which the framework does not add to a history."""
        if not self._earlier:
            return []
        parts = await _system_parts(agent, self.deps)
        first = self._earlier[0]
        if parts and first.kind == "request":
            first.parts = [*parts, *first.parts]
            return self._earlier
        from pydantic_ai.messages import ModelRequest  # the agent's own

        return [ModelRequest(parts=parts), *self._earlier] if parts else self._earlier


def read_input(value: Any, agent: Any) -> Given:
    """Raises INVALID_INPUT."""
    if isinstance(value, str):
        value = {"prompt": value}
    deps = _deps(value, agent) if isinstance(value, dict) else None
    native = value.get("user_prompt") if isinstance(value, dict) else None
    if native is None:
        chat = read_chat(value)
        messages = [*_messages(chat.earlier), *_messages([chat.last], chat.earlier)]
    else:
        messages = [_request("user-prompt", _content(native))]
    *earlier, last = messages
    history = value.get("message_history")
    if last["kind"] != "request" or last["parts"][0]["part_kind"] != "user-prompt":
        return Given(None, read_history([*(history or []), *messages], "/messages"), deps)
    read = read_history([*(history or []), *earlier], "/message_history" if history else "/messages")
    prompt = read_history([last], "/user_prompt" if native is not None else "/messages")[0].parts[0].content
    return Given(prompt, read, deps)


def read_history(messages: Any, pointer: str = "") -> list[Any]:
    """JSON → the framework's messages. Raises INVALID_INPUT."""
    from pydantic import ValidationError  # the agent's own
    from pydantic_ai.messages import ModelMessagesTypeAdapter  # the agent's own

    try:
        return ModelMessagesTypeAdapter.validate_python(messages)
    except ValidationError as error:
        raise invalid_input(_pointed(error, pointer)) from error


def deps_type_of(agent: Any) -> Any:
    """None: the agent takes none."""
    kind = agent.deps_type
    return None if kind is type(None) else kind


def _deps(value: dict[str, Any], agent: Any) -> Any:
    """Left out, they are those of an empty object, if that makes some."""
    from pydantic import ValidationError  # the agent's own

    given = value.get("deps", _NONE)
    kind = deps_type_of(agent)
    if kind is None:
        return None
    try:
        return _adapter_of(kind).validate_python({} if given is _NONE else given)
    except ValidationError as error:
        if given is _NONE:
            return None
        raise invalid_input(_pointed(error, "/deps")) from error
    except Exception as error:  # a type that Pydantic has no schema for: a client, a connection
        if given is _NONE:
            return None
        name = getattr(kind, "__name__", str(kind))
        raise invalid_input([pointed("/deps", f"{name} cannot be made of JSON: {message_of(error)}")]) from error


@functools.cache
def _adapter_of(kind: Any) -> Any:
    from pydantic import TypeAdapter  # the agent's own

    return TypeAdapter(kind)


def _pointed(error: Any, pointer: str) -> list[dict[str, str]]:
    places = (("".join(pointer_to("", one) for one in found["loc"]), found["msg"]) for found in error.errors())
    return [pointed(pointer + place, said) for place, said in places]


async def _system_parts(agent: Any, deps: Any) -> list[Any]:
    """In versions before `system_prompt_parts` those that are plain text."""
    resolve = getattr(agent, "system_prompt_parts", None)
    if resolve is not None:
        return await resolve(deps=deps)
    from pydantic_ai.messages import SystemPromptPart  # the agent's own

    return [SystemPromptPart(content=text) for text in getattr(agent, "_system_prompts", ())]


def _messages(messages: list[Any], before: list[Any] | None = None) -> list[dict[str, Any]]:
    """Chat messages in the framework's JSON form. `before`: where the tools of results were called."""
    said = [*(before or ()), *messages]
    names = {call.get("id"): _function(call).get("name") for one in said for call in one.get("tool_calls") or ()}
    return [_message(one, names) for one in messages]


def _message(message: dict[str, Any], names: dict[Any, Any]) -> dict[str, Any]:
    role, content = message["role"], message["content"]
    if role == "assistant":
        text = text_of(content or "")
        said = [{"part_kind": "text", "content": text}] if text else []
        return {"kind": "response", "parts": [*said, *(_call(call) for call in message.get("tool_calls") or ())]}
    if role == "tool":
        id = message.get("tool_call_id")
        return _request("tool-return", text_of(content or ""), tool_name=names.get(id) or "tool", tool_call_id=id)
    if role == "system":
        return _request("system-prompt", text_of(content))
    return _request("user-prompt", _content(content))


def _request(kind: str, content: Any, **more: Any) -> dict[str, Any]:
    return {"kind": "request", "parts": [{"part_kind": kind, "content": content, **more}]}


def _call(call: dict[str, Any]) -> dict[str, Any]:
    function = _function(call)
    said = {"tool_name": function.get("name"), "args": function.get("arguments")}
    return {"part_kind": "tool-call", **said, "tool_call_id": call.get("id")}


def _function(call: dict[str, Any]) -> dict[str, Any]:
    return call.get("function") or call


def _content(content: Any) -> Any:
    """Of chat completions as of the framework."""
    return [_part(part) for part in content] if isinstance(content, list) else content


def _part(part: Any) -> Any:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind in ("text", "input_text"):
        return part.get("text", "")
    if kind == "image_url":
        image = part.get("image_url")
        return {"kind": "image-url", "url": image.get("url") if isinstance(image, dict) else image}
    return part
