"""The caller's input as an AgentChat task: the common chat input, or `task` with text or AgentChat's own messages."""

from __future__ import annotations

from typing import Any, NamedTuple

from ..binding import text_of
from ..problems import invalid_input, pointed
from .chat import read_chat


class Task(NamedTuple):
    earlier: list[dict[str, Any]]
    """What was said before, `{"role", "content"}`."""
    messages: list[Any]
    """AgentChat's messages: what shall be answered."""


def read_task(value: Any) -> Task:
    """Raises Fault INVALID_INPUT."""
    if isinstance(value, dict) and value.get("task") is not None:
        task = value["task"]
        given = task if isinstance(task, list) else [task]
        if not given:
            raise invalid_input([pointed("/task", "at least one message is expected")])
        return Task([], [_native(one, f"/task/{index}") for index, one in enumerate(given)])
    chat = read_chat(value)
    return Task(chat.earlier, [_message(chat.last, "/messages")])


async def add_history(runner: Any, task: Task) -> list[Any]:
    """An agent with a model context gets what was said before into it; anyone else, before the task."""
    add = getattr(getattr(runner, "_model_context", None), "add_message", None)
    if add is None:
        earlier = [_message(one, "/messages", source=_source(one)) for one in task.earlier]
        return [*earlier, *task.messages]
    from autogen_core.models import AssistantMessage, SystemMessage, UserMessage  # the agent's own

    for one in task.earlier:
        text, role = text_of(one["content"]), one["role"]
        if role in ("system", "developer"):
            await add(SystemMessage(content=text))
        elif role == "assistant":
            await add(AssistantMessage(content=text, source=runner.name))
        else:
            await add(UserMessage(content=text, source="user"))
    return task.messages


def _source(message: dict[str, Any]) -> str:
    return "user" if message["role"] == "user" else str(message["role"])


def _message(message: dict[str, Any], pointer: str, source: str = "user") -> Any:
    from autogen_agentchat.messages import MultiModalMessage, TextMessage  # the agent's own

    content = message["content"]
    if not isinstance(content, list) or all(_image_of(part) is None for part in content):
        return TextMessage(content=text_of(content), source=source)
    parts = [_image(uri, pointer) if (uri := _image_of(part)) else text_of([part]) for part in content]
    return MultiModalMessage(content=parts, source=source)


def _image_of(part: Any) -> str | None:
    """The address in a part of OpenAI's form."""
    image = part.get("image_url") if isinstance(part, dict) else None
    return image.get("url") if isinstance(image, dict) else image if isinstance(image, str) else None


def _image(uri: str, pointer: str) -> Any:
    from autogen_core import Image  # the agent's own

    try:
        return Image.from_uri(uri)
    except ValueError as error:
        raise invalid_input([pointed(pointer, f"an image as data: URI is expected: {error}")]) from error


def _native(message: Any, pointer: str) -> Any:
    if isinstance(message, str):
        message = {"role": "user", "content": message}
    if not isinstance(message, dict) or "content" not in message:
        raise invalid_input([pointed(pointer, "expected text, or a message with `content`")])
    if "type" not in message:
        return _message(message, pointer)
    from autogen_agentchat import messages  # the agent's own

    kind = getattr(messages, str(message["type"]), None)
    if message["type"] not in ("TextMessage", "MultiModalMessage", "HandoffMessage", "StopMessage") or kind is None:
        raise invalid_input([pointed(f"{pointer}/type", "no message that a caller may send")])
    try:
        return kind.model_validate({"source": "user", **message})
    except ValueError as error:
        raise invalid_input([pointed(pointer, str(error))]) from error
