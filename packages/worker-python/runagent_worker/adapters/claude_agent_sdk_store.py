"""The SDK's `SessionStore` over a run's session: its transcripts as the SDK writes them, by session and sub-agent."""

from __future__ import annotations

import copy
import dataclasses
from typing import Any


class Transcripts:
    def __init__(self, kept: dict[str, Any]) -> None:
        """`kept`: `resume`, the SDK's id of the conversation, and `transcripts`."""
        self._kept = kept

    def options(self, options: Any, transport: Any) -> dict[str, Any]:
        """What changes in a query's options. Versions without a store find the conversation in their own home."""
        changed = {"resume": self._kept["resume"]} if "resume" in self._kept else {}
        names = {field.name for field in dataclasses.fields(options)}
        if transport is not None or "session_store" not in names or options.session_store is not None:
            return changed
        return changed if options.enable_file_checkpointing else {**changed, "session_store": self}

    async def append(self, key: Any, entries: list[Any]) -> None:
        """An entry that comes again has the same id."""
        transcript = self._kept.setdefault("transcripts", {}).setdefault(_name(key), [])
        known = {entry.get("uuid") for entry in transcript} - {None}
        transcript += [copy.deepcopy(entry) for entry in entries if entry.get("uuid") not in known]

    async def load(self, key: Any) -> list[Any] | None:
        found = self._kept.get("transcripts", {}).get(_name(key))
        return None if found is None else copy.deepcopy(found)

    async def list_subkeys(self, key: Any) -> list[str]:
        start = f"{key['session_id']}/"
        return [name[len(start) :] for name in self._kept.get("transcripts", {}) if name.startswith(start)]


def _name(key: Any) -> str:
    """Without the project, which is the folder that the agent happens to stand in."""
    return "/".join(filter(None, (key["session_id"], key.get("subpath"))))
