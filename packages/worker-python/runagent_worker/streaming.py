"""Iterators become chunk events, each sent when it is yielded. The value that a generator returns is the output."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterator
from typing import Any

from .run import Run

PENDING_BYTES = 8 * 1024 * 1024
"""So much may wait for the socket before a generator has to."""


class RunCancelled(BaseException):
    """A generator was left because its run shall stop."""


def is_iterator(value: Any) -> bool:
    return hasattr(value, "__next__") and hasattr(value, "__iter__") and not hasattr(value, "readable")


def drain(run: Run, items: Iterator[Any]) -> Any:
    """In a thread. Returns the generator's return value."""
    try:
        while True:
            try:
                item = next(items)
            except StopIteration as stop:
                return stop.value
            run.event("chunk", item)
            _wait_for_room(run)
            if run.cancelled:
                raise RunCancelled
    finally:
        close = getattr(items, "close", None)
        if close is not None:
            close()


async def drain_async(run: Run, items: AsyncIterable[Any]) -> None:
    iterator, wire = items.__aiter__(), run.wire
    try:
        async for item in iterator:
            run.event("chunk", item)
            if run.room is not None or wire.pending > PENDING_BYTES:
                while run.is_held_up or wire.pending > PENDING_BYTES:
                    await asyncio.sleep(0.005)
    finally:
        close = getattr(iterator, "aclose", None)
        if close is not None:
            await close()


def _wait_for_room(run: Run) -> None:
    if run.room is not None and run.is_held_up:
        with run.room:
            run.room.wait_for(lambda: not run.is_held_up)
    if run.wire.pending > PENDING_BYTES:
        run.wire.relieve(PENDING_BYTES, 60.0)
