"""What a workflow streams, as events of a run: an agent's text → `text`, tools → `tool.*`, tokens → `usage`, any event
of the workflow's own → `custom` with the name of its class.
"""

from __future__ import annotations

from typing import Any

from ..run import Run

_KINDS = {
    "InputRequiredEvent": "question",
    "WorkflowIdleEvent": "idle",
    "StopEvent": "end",
    "InternalDispatchEvent": "silent",
    "AgentStream": "stream",
    "AgentOutput": "output",
    "ToolCallResult": "result",
    "ToolCall": "call",
    "AgentInput": "silent",
    "AgentSetup": "silent",
}
"""Framework classes, the narrower before the wider."""

_found: dict[type, str] = {}


def kind_of(event: Any) -> str:
    found = _found.get(type(event))
    if found is None:
        bases = type(event).__mro__
        names = {base.__name__ for base in bases if base.__module__.startswith(("workflows.", "llama_index."))}
        found = _found[type(event)] = next((kind for name, kind in _KINDS.items() if name in names), "custom")
    return found


def fields_of(event: Any) -> dict[str, Any]:
    """Those of its class, and those that it was given beside them."""
    return {**{name: getattr(event, name) for name in type(event).model_fields}, **dict(event.items())}


class WorkflowEvents:
    def __init__(self, run: Run, told: set[str]) -> None:
        """`told`: the ids of tool calls that are known."""
        self._run = run
        self._told = told
        self._streams: bool = run.message["stream"]
        self._said = False

    def take(self, event: Any) -> str:
        """Tells it; returns its kind."""
        kind = kind_of(event)
        if kind == "stream":
            self._text(event)
        elif kind == "output":
            self._output(event)
        elif kind == "call":
            self._call(event)
        elif kind == "result":
            outcome = "error" if event.tool_output.is_error else "result"
            said = {"id": event.tool_id, "name": event.tool_name, outcome: event.tool_output.content}
            self._run.event("tool.result", said)
        elif kind == "custom":
            self._run.event("custom", {"name": type(event).__name__, "data": fields_of(event)})
        return kind

    def _call(self, event: Any) -> None:
        if event.tool_id not in self._told:
            self._told.add(event.tool_id)
            self._run.event("tool.call", {"id": event.tool_id, "name": event.tool_name, "args": event.tool_kwargs})

    def _text(self, event: Any) -> None:
        if not self._streams:
            return
        thought = getattr(event, "thinking_delta", None)
        if thought:
            self._run.event("reasoning", {"delta": thought})
        if event.delta:
            self._said = True
            self._run.event("text", {"delta": event.delta})

    def _output(self, event: Any) -> None:
        """A model's whole answer: its text, if it did not come in pieces, and its tokens."""
        text = event.response.content if self._streams and not self._said else None
        self._said = False
        if text:
            self._run.event("text", {"delta": text})
        raw = event.raw
        used = _of(raw, "usage")
        given, made = _of(used, "prompt_tokens", "input_tokens"), _of(used, "completion_tokens", "output_tokens")
        if given is not None or made is not None:
            self._run.event("usage", {"input_tokens": given, "output_tokens": made, "model": _of(raw, "model")})


def _of(value: Any, *names: str) -> Any:
    found = (value.get(name) if isinstance(value, dict) else getattr(value, name, None) for name in names)
    return next((one for one in found if one is not None), None)
