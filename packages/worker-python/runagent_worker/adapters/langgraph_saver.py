"""A thread's newest checkpoints as JSON and back, through LangGraph's own serializer and its public saver methods.

Channels that keep only what changed (`DeltaChannel`) need the checkpoints before, back to one that holds their value.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable
from typing import Any


def export_thread(saver: Any, thread: str, deltas: Iterable[str]) -> dict[str, Any]:
    """By namespace, the newest first: checkpoint, metadata, pending writes. `deltas`: names of such channels."""
    serde = saver.serde
    exported: dict[str, list[Any]] = {}
    missing: dict[str, set[str]] = {}
    for found in saver.list({"configurable": {"thread_id": thread}}):
        namespace = found.config["configurable"].get("checkpoint_ns", "")
        if namespace in exported and not missing[namespace]:
            continue
        known = found.checkpoint["channel_versions"].keys()
        needed = missing.setdefault(namespace, set(deltas) & known)
        needed -= found.checkpoint["channel_values"].keys()
        before = ((found.parent_config or {}).get("configurable") or {}).get("checkpoint_id")
        part = {
            "before": before,
            "checkpoint": _text(serde, found.checkpoint),
            "metadata": _text(serde, found.metadata),
            "writes": [[task, channel, _text(serde, value)] for task, channel, value in found.pending_writes or ()],
        }
        exported.setdefault(namespace, []).append(part)
    return exported


def import_thread(thread: str, saved: dict[str, Any] | None) -> Any:
    """A fresh in-memory saver with what was exported."""
    from langgraph.checkpoint.memory import InMemorySaver  # the agent's own

    saver = InMemorySaver()
    for namespace, parts in (saved or {}).items():
        for part in reversed(parts):
            _put(saver, {"thread_id": thread, "checkpoint_ns": namespace}, part)
    return saver


def delta_channels(graph: Any) -> set[str]:
    """Of the graph and the graphs in it."""
    names = {name for name, channel in graph.channels.items() if type(channel).__name__ == "DeltaChannel"}
    for node in graph.nodes.values():
        inner = getattr(node, "bound", None)
        if hasattr(inner, "nodes") and hasattr(inner, "channels"):
            names |= delta_channels(inner)
    return names


def _put(saver: Any, where: dict[str, str], part: dict[str, Any]) -> None:
    checkpoint = _value(saver.serde, part["checkpoint"])
    before = {} if part["before"] is None else {"checkpoint_id": part["before"]}
    metadata = _value(saver.serde, part["metadata"])
    at = saver.put({"configurable": {**where, **before}}, checkpoint, metadata, checkpoint["channel_versions"])
    by_task: dict[str, list[tuple[str, Any]]] = {}
    for task, channel, value in part["writes"]:
        by_task.setdefault(task, []).append((channel, _value(saver.serde, value)))
    for task, writes in by_task.items():
        saver.put_writes(at, writes, task)


def _text(serde: Any, value: Any) -> list[str]:
    kind, data = serde.dumps_typed(value)
    return [kind, base64.b64encode(data).decode()]


def _value(serde: Any, text: list[str]) -> Any:
    return serde.loads_typed((text[0], base64.b64decode(text[1])))
