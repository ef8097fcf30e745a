"""What LangGraph streams, as events of a run: message text → `text`, tool calls → `tool.*`, updates → `chunk`, custom →
`custom`, tokens → `usage`.
"""

from __future__ import annotations

from typing import Any

from ..run import Run


class GraphEvents:
    def __init__(self, run: Run) -> None:
        self._run = run
        self._tools: set[tuple[str, str]] = set()
        self.state: Any = None
        self.interrupts: list[Any] = []

    def take(self, namespace: Any, mode: str, data: Any) -> None:
        """One item of `astream` with several modes and subgraphs."""
        if mode == "values":
            if not namespace:
                self.state = data
                if isinstance(data, dict) and "__interrupt__" in data:
                    self.state = {key: value for key, value in data.items() if key != "__interrupt__"}
        elif mode == "messages":
            self._message(data[0])
        elif mode == "custom":
            self._run.event("custom", {"name": "custom", "data": data})
        elif mode == "updates":
            self._update(namespace, data)

    def _message(self, message: Any) -> None:
        if not _kind(message).startswith("AIMessage"):
            return
        for kind, text in _pieces(message.content):
            if text:
                self._run.event(kind, {"delta": text})

    def _update(self, namespace: Any, data: Any) -> None:
        if isinstance(data, dict) and "__interrupt__" in data:
            if not namespace:
                self.interrupts.extend(data["__interrupt__"])
            return
        for update in data.values() if isinstance(data, dict) else ():
            for message in _messages(update):
                self._tool_parts(message)
        self._run.event("chunk", data)

    def _tool_parts(self, message: Any) -> None:
        if _kind(message) == "ToolMessage":
            outcome = "error" if getattr(message, "status", "") == "error" else "result"
            if self._first("result", message.tool_call_id):
                said = {"id": message.tool_call_id, "name": message.name, outcome: message.content}
                self._run.event("tool.result", said)
        for call in getattr(message, "tool_calls", None) or ():
            if self._first("call", call["id"]):
                self._run.event("tool.call", {"id": call["id"], "name": call["name"], "args": call["args"]})

    def _first(self, what: str, id: str) -> bool:
        """The update of a subgraph comes again in that of its parent."""
        if (what, id) in self._tools:
            return False
        self._tools.add((what, id))
        return True


def usage_handler(run: Run) -> Any:
    """A callback that makes a `usage` event of each model call."""
    from langchain_core.callbacks import BaseCallbackHandler  # the agent's own: LangGraph needs it

    class Usage(BaseCallbackHandler):
        def on_llm_end(self, response: Any, **_: Any) -> None:
            for generations in response.generations:
                message = getattr(generations[0], "message", None) if generations else None
                used = getattr(message, "usage_metadata", None)
                if used:
                    about = getattr(message, "response_metadata", None) or {}
                    model = about.get("model_name") or about.get("model")
                    tokens = {name: used.get(name) for name in ("input_tokens", "output_tokens")}
                    run.event("usage", {**tokens, "model": model})

    return Usage()


def _pieces(content: Any) -> list[tuple[str, str]]:
    """Event type and text of each part of a message's content."""
    if isinstance(content, str):
        return [("text", content)]
    pieces: list[tuple[str, str]] = []
    for part in content or ():
        if isinstance(part, str):
            pieces.append(("text", part))
        elif part.get("type") == "text":
            pieces.append(("text", part.get("text") or ""))
        elif part.get("type") in ("reasoning", "thinking"):
            pieces.append(("reasoning", part.get("reasoning") or part.get("thinking") or ""))
    return pieces


def _messages(update: Any) -> list[Any]:
    found = update.get("messages") if isinstance(update, dict) else None
    return found if isinstance(found, list) else [found] if found is not None else []


def _kind(message: Any) -> str:
    names = [base.__name__ for base in type(message).__mro__]
    return next((name for name in names if name in ("AIMessage", "AIMessageChunk", "ToolMessage")), "")
