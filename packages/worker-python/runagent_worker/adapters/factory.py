"""A function whose return annotation names a recognised class makes the object: once per worker, or per run.

The annotation decides at load: a factory is never called to find out that it is one.
"""

from __future__ import annotations

import asyncio
import inspect
import typing
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

from .port import Adapted

Adapt = Callable[[Any], Adapted]
"""A made object → its adapter."""


def made_class(function: Any, hints: dict[str, Any]) -> type | None:
    """The class that a factory is annotated to return; what an async context manager yields."""
    returns = hints.get("return")
    origin = typing.get_origin(returns)
    if origin is not None and typing.get_args(returns) and not inspect.iscoroutinefunction(function):
        name = getattr(origin, "__name__", "")
        if "Iterator" in name or "Generator" in name or "Awaitable" in name or "ContextManager" in name:
            returns = typing.get_args(returns)[0]
    found = typing.get_origin(returns) or returns
    return found if inspect.isclass(found) else None


class Factory:
    def __init__(self, function: Callable[[], Any], adapt: Adapt, per_run: bool) -> None:
        self._function = function
        self._adapt = adapt
        self._per_run = per_run
        self._made: asyncio.Future[Any] | None = None
        self._keeper: asyncio.Task[None] | None = None

    async def __call__(self, value: Any, context: Any) -> Any:
        if self._per_run:
            async with AsyncExitStack() as stack:
                return await self._use(await _make(self._function, stack), value, context)
        if self._made is None:
            self._made = asyncio.get_running_loop().create_future()
            self._keeper = asyncio.create_task(self._keep(self._made))
        try:
            made = await asyncio.shield(self._made)
        except Exception:
            self._made = None  # the next run tries again
            raise
        return await self._use(made, value, context)

    async def _use(self, made: Any, value: Any, context: Any) -> Any:
        return await self._adapt(made).make()(value, context)

    async def _keep(self, made: asyncio.Future[Any]) -> None:
        """A context manager is entered and held in one task of its own, as long as the worker lives."""
        try:
            async with AsyncExitStack() as stack:
                made.set_result(await _make(self._function, stack))
                await asyncio.Event().wait()
        except Exception as error:
            if made.done():
                raise
            made.set_exception(error)


async def _make(function: Callable[[], Any], stack: AsyncExitStack) -> Any:
    made = function()
    if inspect.isawaitable(made):
        made = await made
    if hasattr(made, "__aenter__") and hasattr(made, "__aexit__") and not hasattr(made, "ainvoke"):
        return await stack.enter_async_context(made)
    return made
