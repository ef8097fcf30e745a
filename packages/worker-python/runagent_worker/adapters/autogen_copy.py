"""A copy of an agent or a team: its state is its own; model clients, tools, workbenches and memories are shared."""

from __future__ import annotations

import copy
from typing import Any

_SHARED = frozenset({"ChatCompletionClient", "BaseTool", "Workbench", "Memory", "TraceHelper", "MessageFactory"})
"""Base classes of AutoGen whose objects are used, not changed."""

_PARTS = ("autogen_agentchat.", "autogen_core.")


class Copier:
    def __init__(self, runner: Any) -> None:
        self._runner = runner
        self._shared: dict[int, Any] = {}
        self._why: str | None = _not_ours(runner)
        self._said = False
        if self._why is None:
            self._collect(runner, set())

    def copy(self) -> tuple[Any, str | None]:
        """The copy; or None, and the first time why."""
        if self._why is None:
            try:
                return copy.deepcopy(self._runner, dict(self._shared)), None
            except Exception as error:  # of the agent's own parts: a lock, a socket, a client
                self._why = f"{type(error).__name__}: {error}"
        why, self._said = None if self._said else self._why, True
        return None, why

    def _collect(self, value: Any, seen: set[int]) -> None:
        """Every object that is shared, as far as AutoGen's own objects and lists lead to it."""
        if id(value) in seen:
            return
        seen.add(id(value))
        kind = type(value)
        if any(base.__name__ in _SHARED and base.__module__.startswith(_PARTS) for base in kind.__mro__):
            self._shared[id(value)] = value
        elif isinstance(value, dict):
            for item in value.values():
                self._collect(item, seen)
        elif isinstance(value, (list, tuple, set)):
            for item in value:
                self._collect(item, seen)
        elif any(base.__module__.startswith(_PARTS) for base in kind.__mro__):
            for item in getattr(value, "__dict__", {}).values():
                self._collect(item, seen)


def _not_ours(runner: Any) -> str | None:
    """Why a copy would share its state with the original: a team whose members a runtime holds already."""
    if getattr(runner, "_embedded_runtime", True) is False:
        return "it has a runtime of its own"
    if getattr(runner, "_initialized", False) is True:
        return "it ran before it was served"
    members = [*(getattr(runner, "_participants", None) or ()), getattr(runner, "_team", None)]
    return next((why for one in members if one is not None and (why := _not_ours(one)) is not None), None)
