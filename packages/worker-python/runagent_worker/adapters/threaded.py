"""Calls of frameworks that have only plain functions: in the run's own thread; off the loop, if a factory is on it."""

from __future__ import annotations

import asyncio
import contextvars
from typing import Any

from .port import Call


def threaded(call: Call) -> Call:
    def called(value: Any, context: Any) -> Any:
        return _off_loop(call, value, context) if context.run.loop_thread else call(value, context)

    return called


async def _off_loop(call: Call, value: Any, context: Any) -> Any:
    around = contextvars.copy_context()
    work = asyncio.get_running_loop().run_in_executor(None, lambda: around.run(call, value, context))
    try:
        return await asyncio.shield(work)
    except asyncio.CancelledError:
        # nothing ends a thread from outside: what does not see that it shall stop ends with its process
        await asyncio.wait([work])
        if not work.cancelled() and work.exception() is not None:
            raise asyncio.CancelledError from work.exception()
        raise
