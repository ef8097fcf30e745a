"""A thread's newest checkpoints as JSON and back, through LangGraph's own serializer and its public saver methods."""

from __future__ import annotations

import base64
from typing import Any


def export_thread(saver: Any, thread: str) -> dict[str, Any]:
    """By namespace: the newest checkpoint, its metadata, its pending writes."""
    serde = saver.serde
    exported: dict[str, Any] = {}
    for found in saver.list({"configurable": {"thread_id": thread}}):
        namespace = found.config["configurable"].get("checkpoint_ns", "")
        if namespace in exported:
            continue  # newest first
        exported[namespace] = {
            "checkpoint": _text(serde, found.checkpoint),
            "metadata": _text(serde, found.metadata),
            "writes": [[task, channel, _text(serde, value)] for task, channel, value in found.pending_writes or ()],
        }
    return exported


def import_thread(thread: str, saved: dict[str, Any] | None) -> Any:
    """A fresh in-memory saver with what was exported."""
    from langgraph.checkpoint.memory import InMemorySaver  # the agent's own

    saver = InMemorySaver()
    for namespace, parts in (saved or {}).items():
        checkpoint = _value(saver.serde, parts["checkpoint"])
        config: Any = {"configurable": {"thread_id": thread, "checkpoint_ns": namespace}}
        metadata = _value(saver.serde, parts["metadata"])
        at = saver.put(config, checkpoint, metadata, checkpoint["channel_versions"])
        by_task: dict[str, list[tuple[str, Any]]] = {}
        for task, channel, value in parts["writes"]:
            by_task.setdefault(task, []).append((channel, _value(saver.serde, value)))
        for task, writes in by_task.items():
            saver.put_writes(at, writes, task)
    return saver


def _text(serde: Any, value: Any) -> list[str]:
    kind, data = serde.dumps_typed(value)
    return [kind, base64.b64encode(data).decode()]


def _value(serde: Any, text: list[str]) -> Any:
    return serde.loads_typed((text[0], base64.b64decode(text[1])))
