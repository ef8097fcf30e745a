"""What the Claude Agent SDK says, as events of a run: blocks → `text`, `reasoning` and `tool.*`, results → `usage`."""

from __future__ import annotations

from typing import Any

from ..run import Run

_DELTAS = {"text_delta": ("text", "text"), "thinking_delta": ("reasoning", "thinking")}


def is_message(item: Any) -> bool:
    return type(item).__module__ == "claude_agent_sdk.types"


class QueryEvents:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._reads = bool(run.message["stream"])
        self._names: dict[str, str] = {}
        self._model: str | None = None
        self._pieces = False
        """The text of a message comes in pieces, before it comes whole."""
        self.yielded_output: Any = None

    def tell(self, message: Any, speaks: bool) -> None:
        """When it comes from the SDK."""
        kind = type(message).__name__
        if kind in ("AssistantMessage", "UserMessage"):
            self._model = getattr(message, "model", self._model)
            for block in message.content if isinstance(message.content, list) else ():
                self._tool(block)
        elif kind == "ResultMessage" and message.usage:
            used = {name: message.usage.get(name) for name in ("input_tokens", "output_tokens")}
            self._run.event("usage", {**used, "model": self._model, "total_cost_usd": message.total_cost_usd})
        if speaks:
            self._text(message)

    def tell_yielded(self, message: Any) -> None:
        """When the function hands it on. Raises for a result that is an error."""
        self._text(message)
        if type(message).__name__ == "ResultMessage":
            self.yielded_output = self.output_of(message)

    def output_of(self, value: Any) -> Any:
        """What the function gave, unless that is the SDK's result. Raises for one that is an error."""
        if not is_message(value) or type(value).__name__ != "ResultMessage":
            return value
        if value.is_error:
            raise RuntimeError(f"{value.subtype}: {value.result or getattr(value, 'errors', None) or 'no result'}")
        structured = getattr(value, "structured_output", None)
        return {"result": value.result if structured is None else structured, "total_cost_usd": value.total_cost_usd}

    def _tool(self, block: Any) -> None:
        if hasattr(block, "tool_use_id"):
            outcome = "error" if getattr(block, "is_error", False) else "result"
            said = {"id": block.tool_use_id, "name": self._names.get(block.tool_use_id), outcome: block.content}
            self._run.event("tool.result", said)
        elif hasattr(block, "input"):
            self._names[block.id] = block.name
            self._run.event("tool.call", {"id": block.id, "name": block.name, "args": block.input})

    def _text(self, message: Any) -> None:
        """What sub-agents say is not for people."""
        if not self._reads or getattr(message, "parent_tool_use_id", None) is not None:
            return
        kind = type(message).__name__
        if kind == "StreamEvent":
            self._piece(message.event)
        elif kind == "AssistantMessage" and not self._pieces:
            for block in message.content:
                if type(block).__name__ == "TextBlock":
                    self._run.event("text", {"delta": block.text})
                elif type(block).__name__ == "ThinkingBlock":
                    self._run.event("reasoning", {"delta": block.thinking})

    def _piece(self, event: dict[str, Any]) -> None:
        delta = event.get("delta") or {}
        kind, name = _DELTAS.get(delta.get("type", ""), ("", ""))
        if kind and delta.get(name):
            self._pieces = True
            self._run.event(kind, {"delta": delta[name]})
