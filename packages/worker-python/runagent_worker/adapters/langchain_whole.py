"""The chunks of a Runnable's stream put together as LangChain adds them up, many at once: one by one, each would be
copied again with every later one.
"""

from __future__ import annotations

import functools
from typing import Any

from .langchain_events import kind_of

_AT_ONCE = 256
"""So many chunks are held before they are added to the rest."""


class Whole:
    def __init__(self) -> None:
        self._pieces: list[Any] = []

    def add(self, chunk: Any) -> None:
        self._pieces.append(chunk)
        if len(self._pieces) >= _AT_ONCE:
            self._pieces = [_sum(self._pieces)]

    def value(self) -> Any:
        """None where there was no chunk. A message's chunks are a message."""
        whole: Any = _sum(self._pieces) if self._pieces else None
        if kind_of(whole) != "ai":
            return whole
        from langchain_core.messages import message_chunk_to_message  # the agent's own

        return message_chunk_to_message(whole)


def _sum(pieces: list[Any]) -> Any:
    first, *rest = pieces
    if not rest:
        return first
    if all(type(piece) is str for piece in pieces):
        return "".join(pieces)
    if all(kind_of(piece) == "ai" and type(piece) is type(first) for piece in pieces):
        return _added(first, rest)  # LangChain's chunks of messages take a list of them
    return functools.reduce(_added, pieces)


def _added(whole: Any, item: Any) -> Any:
    try:
        return whole + item
    except TypeError:  # what cannot be added stands for itself, as in LangChain
        return item
