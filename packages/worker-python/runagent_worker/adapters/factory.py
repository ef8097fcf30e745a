"""A function that returns a recognised object makes it: once per worker, or per run.

Annotation and source decide at load: a factory is never called to find out that it is one. A context manager is held
in one task of its own as long as the worker lives, and left when it drains.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from ..problems import NO_LOOP, message_of
from .port import Adapted, Call

Adapt = Callable[[Any], "Adapted | None"]
"""A made object → its adapter; None: it is no object that we recognise."""


class Factory:
    def __init__(self, function: Callable[[], Any], adapt: Adapt, per_run: bool) -> None:
        self._function = function
        self._adapt = adapt
        self._per_run = per_run
        self._made: asyncio.Future[Call] | None = None
        self._keeper: asyncio.Task[None] | None = None
        self._leave: asyncio.Event | None = None

    async def __call__(self, value: Any, context: Any) -> Any:
        if self._per_run:
            async with AsyncExitStack() as stack:
                return await (await self._call(stack))(value, context)
        if self._made is None:
            self._made = asyncio.get_running_loop().create_future()
            self._leave = asyncio.Event()
            self._keeper = asyncio.create_task(self._keep(self._made, self._leave))
        made = self._made
        try:
            return await (await asyncio.shield(made))(value, context)
        finally:
            if made.done() and made.exception() is not None and self._made is made:
                self._made = None  # the next run tries again

    async def close(self) -> None:
        """Raises what the leaving raised."""
        if self._keeper is None or self._leave is None:
            return
        self._leave.set()
        await self._keeper

    async def _keep(self, made: asyncio.Future[Call], leave: asyncio.Event) -> None:
        try:
            async with AsyncExitStack() as stack:
                made.set_result(await self._call(stack))
                await leave.wait()
        except BaseException as error:  # SystemExit too: the error of the runs that wait for it
            if made.done():
                raise
            made.set_exception(error)

    async def _call(self, stack: AsyncExitStack) -> Call:
        made = await _called(self._function)
        if inspect.isawaitable(made):
            made = await made
        adapted = self._adapt(made)
        if adapted is None:
            made = await _entered(made, stack)
            adapted = self._adapt(made)
        if adapted is None:
            raise TypeError(f"{_name(self._function)} returned a {type(made).__name__}, which is no agent that we know")
        return adapted.make()


async def _called(function: Callable[[], Any]) -> Any:
    """Plain functions run off the loop, unless they need it."""
    if inspect.iscoroutinefunction(function):
        return function()
    try:
        return await asyncio.to_thread(function)
    except RuntimeError as error:
        if message_of(error) != NO_LOOP:
            raise
    return function()


async def _entered(made: Any, stack: AsyncExitStack) -> Any:
    if hasattr(made, "__aenter__") and hasattr(made, "__aexit__"):
        return await stack.enter_async_context(made)
    if hasattr(made, "__enter__") and hasattr(made, "__exit__"):
        return stack.enter_context(made)
    return made


def _name(function: Any) -> str:
    return getattr(function, "__name__", "the factory")
