"""The session of one run: in the agent's own db, or in Agno's in memory, filled from what we keep and read back."""

from __future__ import annotations

import copy
import importlib
import inspect
import json
from typing import Any

from ..leaving import encode


class Store:
    """`agent`: the copy that runs. `remembers`: an agent without a db, whose history we add."""

    def __init__(self, target: Any, context: Any, key: str) -> None:
        self.agent = copy.copy(target)
        self.session_id: str = context.session_id or context.run_id
        self._context = context
        self._key = key
        db = getattr(target, "db", None)
        self.takes_messages = not hasattr(target, "steps")
        self.remembers = db is None and context.session_id is not None and self.takes_messages
        self._kind = _kind(target)
        self._saved: Any = None
        self._db: Any = None
        if context.session_id is not None and (db is None or is_in_memory(db)):
            self._db = self.agent.db = _own_db(db)
            self._saved = context.session.get("agno", {}).get(key)
            if self._saved is not None:
                self._db.upsert_session(_session_class(self._kind).from_dict(copy.deepcopy(self._saved)))

    async def holds_some(self) -> bool:
        """The session has turns already: what the caller tells of earlier ones is not added."""
        if self._db is not None or self._context.session_id is None:
            return self._saved is not None
        read = getattr(self.agent, "aget_session", None) or getattr(self.agent, "get_session", None)
        found = read(session_id=self.session_id) if read is not None else None
        if inspect.isawaitable(found):
            found = await found
        return bool(getattr(found, "runs", None))

    def save(self) -> None:
        if self._db is None:
            return
        saved = self._db.get_session(self.session_id, session_type=_session_type(self._kind), deserialize=False)
        if saved is not None:
            text = encode(saved, self._context.run.note)
            self._context.session.setdefault("agno", {})[self._key] = json.loads(text)


def is_in_memory(db: Any) -> bool:
    return type(db).__name__ == "InMemoryDb"


def _own_db(db: Any) -> Any:
    """Without sessions; what else the agent's own holds in memory, users' memories, is shared."""
    fresh = importlib.import_module("agno.db.in_memory").InMemoryDb()  # the agent's own
    if db is None:
        return fresh
    mine = copy.copy(db)
    for name in ("_sessions", "_run_object_cache"):
        if hasattr(fresh, name):
            setattr(mine, name, getattr(fresh, name))
    return mine


def _kind(target: Any) -> str:
    return "Workflow" if hasattr(target, "steps") else "Team" if hasattr(target, "members") else "Agent"


def _session_class(kind: str) -> Any:
    return getattr(importlib.import_module("agno.session"), f"{kind}Session")


def _session_type(kind: str) -> Any:
    return importlib.import_module("agno.db.base").SessionType(kind.lower())
