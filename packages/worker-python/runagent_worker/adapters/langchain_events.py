"""What LangChain's messages and callbacks say, as events of a run: their text, their tokens, the tools they call."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..problems import class_name, message_of

_kinds: dict[type, str] = {}


def kind_of(message: Any) -> str:
    """`ai`, `tool`, or the empty text for any other value."""
    found = _kinds.get(type(message))
    if found is None:
        names = [
            base.__name__ for base in type(message).__mro__ if base.__module__.startswith("langchain_core.messages")
        ]
        found = "ai" if "AIMessage" in names else "tool" if "ToolMessage" in names else ""
        _kinds[type(message)] = found
    return found


def pieces(content: Any) -> list[tuple[str, str]]:
    """Event type and text of each part of a message's content that has text."""
    if isinstance(content, str):
        return [("text", content)] if content else []
    found: list[tuple[str, str]] = []
    for part in content or ():
        if isinstance(part, str):
            found.append(("text", part))
        elif part.get("type") == "text":
            found.append(("text", part.get("text") or ""))
        elif part.get("type") in ("reasoning", "thinking"):
            found.append(("reasoning", _reasoning(part)))
    return [(kind, text) for kind, text in found if text]


def _reasoning(part: Any) -> str:
    """Anthropic's thinking, LangChain's reasoning, or OpenAI's summary in parts."""
    summary = part.get("summary")
    parts = summary if isinstance(summary, list) else ()
    said = "".join(one.get("text") or "" for one in parts if isinstance(one, dict))
    return part.get("reasoning") or part.get("thinking") or said


Tell = Callable[[str, Any], None]
"""A run's `event`, or what puts it off."""


def run_handler(tell: Tell, tools: bool) -> Any:
    """A callback that makes a `usage` event of each model call, and `tool.*` of each tool's."""
    return _handler_class()(tell, tools)


@functools.cache
def _handler_class() -> Any:
    from langchain_core.callbacks import BaseCallbackHandler  # the agent's own

    class Handler(BaseCallbackHandler):
        run_inline = True  # the events of one run in their order

        def __init__(self, tell: Tell, tools: bool) -> None:
            self._tell = tell
            self._tools = tools
            self._names: dict[Any, str] = {}

        def on_llm_end(self, response: Any, **_: Any) -> None:
            for generations in response.generations:
                _tell_usage(self._tell, getattr(generations[0], "message", None) if generations else None)

        def on_tool_start(self, serialized: Any, input_str: str, *, run_id: Any, inputs: Any = None, **_: Any) -> None:
            if self._tools:
                name = self._names[run_id] = (serialized or {}).get("name") or "tool"
                args = inputs if isinstance(inputs, dict) else {"input": input_str}
                self._tell("tool.call", {"id": str(run_id), "name": name, "args": args})

        def on_tool_end(self, output: Any, *, run_id: Any, **_: Any) -> None:
            self._end(run_id, "result", output.content if kind_of(output) == "tool" else output)

        def on_tool_error(self, error: BaseException, *, run_id: Any, **_: Any) -> None:
            self._end(run_id, "error", f"{class_name(error)}: {message_of(error)}")

        def _end(self, run_id: Any, outcome: str, said: Any) -> None:
            if run_id in self._names:
                self._tell("tool.result", {"id": str(run_id), "name": self._names.pop(run_id), outcome: said})

    return Handler


def _tell_usage(tell: Tell, message: Any) -> None:
    used = getattr(message, "usage_metadata", None)
    if used:
        about = getattr(message, "response_metadata", None) or {}
        model = about.get("model_name") or about.get("model")
        tokens = {name: used.get(name) for name in ("input_tokens", "output_tokens")}
        tell("usage", {**tokens, "model": model})
