"""Functions around the Claude Agent SDK's `query()`: called as any function, while its queries are listened to.

The session is the SDK's own: its id is given to the first query of a run as `resume`, and what was said comes from a
store over ours, so it goes on in any process. Options that the function set itself stay as they are.
"""

from __future__ import annotations

import contextvars
import dataclasses
import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator
from typing import Any

from ..context import RunContext
from ..resolve import Instances, Target
from ..run import Run
from ..streaming import drain_async
from .claude_agent_sdk_events import QueryEvents, is_message
from .claude_agent_sdk_home import turn_home
from .claude_agent_sdk_store import Transcripts
from .port import Adapted, Drained, Unfit

VERBS: tuple[str, ...] = ()

_NAME = "claude-agent-sdk"
_LISTENING: contextvars.ContextVar[_Listening | None] = contextvars.ContextVar("runagent_claude", default=None)


def adapt(function: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    from ..entrypoint import describe_entrypoint  # it imports this package

    if not inspect.isroutine(function):
        raise Unfit("only a function around `query` is called")
    _listen()
    plain = describe_entrypoint(spec, Target(function), None, {"concurrency": None})
    said = plain.description
    key = f"{spec['file']}:{spec['module']}"
    return Adapted(
        name=_NAME,
        make=lambda: _Function(plain.make(Instances(), _context_of), key),
        kind=said["type"],
        shape=said["input"],
        input_schema=said["input_schema"],
        output_schema={} if said["output_schema"].get("title") == "ResultMessage" else said["output_schema"],
        streams=True,
        on_loop=plain.on_loop,
        description=said["description"],
    )


def _context_of(run: Run) -> RunContext:
    assert run.context is not None  # made when this adapter was called
    return run.context


class _Function:
    def __init__(self, call: Any, key: str) -> None:
        self._call = call
        self._key = key

    def __call__(self, value: Any, context: Any) -> Any:
        listening = _Listening(context, self._key)
        _LISTENING.set(listening)
        found = self._call(context.run)
        if hasattr(found, "__aiter__"):
            return listening.drained(found)
        return listening.awaited(found) if inspect.isawaitable(found) else listening.events.output_of(found)


class _Listening:
    """To the queries of one run."""

    def __init__(self, context: Any, key: str) -> None:
        self._context = context
        self._key = key
        self._queries = 0
        self.events = QueryEvents(context.run)
        self._yields = False
        """The function hands its messages on: their text is told when it does."""

    async def awaited(self, found: Any) -> Any:
        value = await found
        return await self.drained(value) if hasattr(value, "__aiter__") else self.events.output_of(value)

    async def drained(self, found: Any) -> Any:
        self._yields = True
        await drain_async(self._context.run, self._others(found))
        return Drained(self.events.yielded_output)

    async def _others(self, found: Any) -> AsyncIterator[Any]:
        """What the function yields that is no message of the SDK."""
        try:
            async for item in found:
                if is_message(item):
                    self.events.tell_yielded(item)
                else:
                    yield item
        finally:
            await found.aclose()

    async def query(self, start: Any, options: Any, transport: Any) -> AsyncGenerator[Any, None]:
        self._queries += 1
        kept = self._kept() if self._queries == 1 and _is_free(options) else None
        hides = not self._yields and self._context.run.message["stream"] and not options.include_partial_messages
        more: dict[str, Any] = {"include_partial_messages": True} if hides else {}
        if kept is not None:
            more.update(Transcripts(kept).options(options, transport))
        with turn_home(options, more) as changed:
            messages = start(dataclasses.replace(options, **changed))
            try:
                async for message in messages:
                    self.events.tell(message, speaks=not self._yields)
                    if kept is not None and type(message).__name__ == "ResultMessage":
                        kept["resume"] = message.session_id
                    if not (hides and type(message).__name__ == "StreamEvent"):
                        yield message
            finally:
                await messages.aclose()

    def _kept(self) -> dict[str, Any] | None:
        if self._context.session_id is None:
            return None
        return self._context.session.setdefault(_NAME, {}).setdefault(self._key, {})


def _is_free(options: Any) -> bool:
    """The function left the choice of a session to us."""
    return options.resume is None and not options.continue_conversation and not getattr(options, "session_id", None)


@functools.cache
def _listen() -> None:
    """Once, before any query: the functions hold `query` by names of their own. Raises Unfit."""
    try:
        from claude_agent_sdk._internal.client import InternalClient  # the agent's own

        start = InternalClient.process_query
    except (ImportError, AttributeError) as error:
        raise Unfit(str(error)) from error

    @functools.wraps(start)
    async def process_query(self: Any, prompt: Any, options: Any, transport: Any = None) -> AsyncGenerator[Any, None]:
        def begin(chosen: Any) -> Any:
            return start(self, prompt=prompt, options=chosen, transport=transport)

        listening = _LISTENING.get()
        messages = begin(options) if listening is None else listening.query(begin, options, transport)
        try:
            async for message in messages:
                yield message
        finally:
            await messages.aclose()

    InternalClient.process_query = process_query
