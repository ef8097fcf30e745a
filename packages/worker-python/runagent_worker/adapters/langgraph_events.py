"""What LangGraph streams, as events of a run: message text → `text`, tool calls → `tool.*`, updates → `chunk`, custom →
`custom`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

from ..run import Run
from .langchain_events import kind_of, pieces


class GraphEvents:
    def __init__(self, run: Run, chunks: bool) -> None:
        self._run = run
        self._chunks = chunks
        self._tools: set[tuple[str, str]] = set()
        self._put_off: deque[tuple[str, Any]] = deque()
        self.state: Any = None
        self.interrupts: list[Any] = []
        self.stopped = False
        """The graph said that it waits: for answers, or where it was compiled to stop."""

    def put_off(self, type: str, data: Any) -> None:
        """Of a callback in a node's thread: what the node said before is still on its way here."""
        self._put_off.append((type, data))

    def tell_put_off(self) -> None:
        while self._put_off:
            self._run.event(*self._put_off.popleft())

    def take(self, namespace: Any, mode: str, data: Any) -> None:
        """One item of `astream` with several modes and subgraphs."""
        if mode == "messages":
            self._message(data[0])
        elif mode == "values":
            if not namespace:
                self.state = data
                if isinstance(data, dict) and "__interrupt__" in data:
                    self.state = {key: value for key, value in data.items() if key != "__interrupt__"}
        elif mode == "custom":
            self._run.event("custom", {"name": "custom", "data": data})
        elif mode == "updates":
            self.tell_put_off()
            self._update(namespace, data)

    def _message(self, message: Any) -> None:
        if kind_of(message) != "ai":
            return
        for kind, text in pieces(message.content):
            self._run.event(kind, {"delta": text})

    def _update(self, namespace: Any, data: Any) -> None:
        if isinstance(data, dict):
            if "__interrupt__" in data:
                self.stopped = True
                if not namespace:
                    self.interrupts.extend(data["__interrupt__"])
                return
            if "__metadata__" in data:
                return  # of a node that had its turn before the graph waited: it was told then
            for update in data.values():
                for message in _messages(update):
                    self._tool_parts(message)
        if self._chunks:
            self._run.event("chunk", data)

    def _tool_parts(self, message: Any) -> None:
        if kind_of(message) == "tool":
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


def _messages(update: Any) -> list[Any]:
    found = update.get("messages") if isinstance(update, dict) else None
    return found if isinstance(found, list) else [found] if found is not None else []


def without_interrupts(item: Any) -> Iterator[Any]:
    """An item of the graph's own stream, without what it waits for: that the run says."""
    if not isinstance(item, dict) or "__interrupt__" not in item:
        yield item
        return
    rest = {key: value for key, value in item.items() if key != "__interrupt__"}
    if rest:
        yield rest
