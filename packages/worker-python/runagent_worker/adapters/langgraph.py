"""LangGraph graphs (`Pregel`, LangChain's `create_agent`): body = state, thread = session or run.

A missing or in-memory checkpointer is replaced, on a copy per run, by one whose content the server holds: in the
session, and while a run waits in a step. So it goes on in any process. The caller's JSON never reaches the config.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from typing import Any

from ..binding import CHAT_SCHEMA, read_messages
from ..problems import invalid_input
from ..shape import Errors
from .configurable import ConfigKeys
from .langchain_events import Tell, run_handler
from .langchain_schema import readable_schema
from .langgraph_events import GraphEvents, without_interrupts
from .langgraph_saver import delta_channels, export_thread, import_thread
from .langgraph_waiting import resumed_input, wait, waiting_in
from .port import Adapted, Drained

CONFIG_KEYS = True
VERBS = ("ainvoke", "invoke", "stream", "astream", "astream_events")
NEEDS = ("ainvoke", "astream", "copy", "checkpointer", "nodes", "get_input_jsonschema", "get_output_jsonschema")

_STEP = "langgraph.checkpoint"
_QUIET_MODES = ["updates", "custom", "values"]
_MODES = ["messages", *_QUIET_MODES]
_SYNC_ONLY = ("langgraph.checkpoint.sqlite", "langgraph.checkpoint.postgres")


def adapt(graph: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    chat = spec.get("input") == "chat"
    own = CHAT_SCHEMA if chat else readable_schema(graph.get_input_jsonschema)
    keys = ConfigKeys(spec, own)
    streams_always = spec.get("type") == "generic_stream"
    raw = verb in ("stream", "astream", "astream_events")
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Graph(graph, spec, keys, f"{spec['file']}:{name}")
    return Adapted(
        name="langgraph",
        make=lambda: (
            call.raw(verb)
            if raw and verb
            else call.streamed
            if streams_always
            else call.whole
            if verb
            else call.as_asked
        ),
        kind="generic_stream" if raw else "async",
        shape="chat" if chat else "object",
        input_schema=keys.schema(own),
        output_schema={} if raw else readable_schema(graph.get_output_jsonschema),
        streams=raw or verb is None or streams_always,
        description=getattr(graph, "description", None),
    )


_TASKS_LOSE_CONTEXT = sys.version_info < (3, 11)
"""LangGraph cannot hand its config (`interrupt`, `get_stream_writer`) to plain nodes under `ainvoke` there."""


class _Graph:
    def __init__(self, graph: Any, spec: dict[str, Any], keys: ConfigKeys, key: str) -> None:
        self._graph = graph
        self._config_keys = keys
        self._chat = spec.get("input") == "chat"
        self._key = key
        saver = graph.checkpointer
        in_memory = type(saver).__name__ in ("InMemorySaver", "MemorySaver", "PersistentDict")
        self._ours = spec.get("checkpointer") != "keep" and (saver is None or isinstance(saver, bool) or in_memory)
        self._deltas = delta_channels(graph) if self._ours else set[str]()
        parameters = inspect.signature(graph.astream).parameters
        self._how = {"durability": "exit"} if self._ours and "durability" in parameters else {}
        """Our checkpointer is read when the graph has ended: what it writes before that is for nobody."""
        sync_only = not self._ours and saver is not None and _is_sync_only(saver)
        self._in_thread = sync_only or (_TASKS_LOSE_CONTEXT and _has_only_plain_nodes(graph))

    async def as_asked(self, value: Any, context: Any) -> Any:
        """The object itself: streams for those who read events."""
        if not context.run.message["stream"]:
            return await self.whole(value, context)
        return await self._state(value, context, _MODES)

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self._state(value, context, _MODES))

    async def whole(self, value: Any, context: Any) -> Any:
        return await self._state(value, context, _QUIET_MODES)

    async def _state(self, value: Any, context: Any, modes: list[str]) -> Any:
        """The final state; what happens on the way are events."""
        events = GraphEvents(context.run, chunks=modes is _MODES)
        graph, config, given = self._begin(value, context, events.put_off if modes is _MODES else None)

        def take_all() -> None:
            for item in graph.stream(given, config, stream_mode=modes, subgraphs=True, **self._how):
                events.take(*item)
                if context.cancelled:
                    return

        try:
            if self._in_thread:
                await asyncio.to_thread(take_all)
            else:
                async for item in graph.astream(given, config, stream_mode=modes, subgraphs=True, **self._how):
                    events.take(*item)
        finally:
            events.tell_put_off()
        before: tuple[str, ...] = ()
        if events.stopped and not events.interrupts:
            before = waiting_in(await self._snapshot(graph, config))[1]
        self._finish(graph, config, context, (events.interrupts, before))
        return events.state

    async def _snapshot(self, graph: Any, config: Any) -> Any:
        return await (asyncio.to_thread(graph.get_state, config) if self._in_thread else graph.aget_state(config))

    def raw(self, verb: str) -> Any:
        """`app.stream`: its own items, in its own mode."""
        if self._in_thread and verb != "astream_events":
            return self._raw_in_thread
        return self._raw_events if verb == "astream_events" else self._raw

    def _raw_in_thread(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        for item in graph.stream(given, config):
            yield from without_interrupts(item)
        waits = waiting_in(graph.get_state(config)) if graph.checkpointer else ([], ())
        self._finish(graph, config, context, waits)

    async def _raw(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        async for item in graph.astream(given, config):
            for told in without_interrupts(item):
                yield told
        waits = waiting_in(await graph.aget_state(config)) if graph.checkpointer else ([], ())
        self._finish(graph, config, context, waits)

    async def _raw_events(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        async for item in graph.astream_events(given, config, version="v2"):
            yield item
        waits = waiting_in(await graph.aget_state(config)) if graph.checkpointer else ([], ())
        self._finish(graph, config, context, waits)

    def _begin(self, value: Any, context: Any, tell: Tell | None = None) -> tuple[Any, dict[str, Any], Any]:
        """The graph of this run, its config, its input. `tell`: what takes the tokens of its models."""
        thread = context.session_id or context.run_id
        handler = run_handler(tell or context.run.event, tools=False)
        value, said = self._config_keys.of(value)
        config = {"configurable": {**said, "thread_id": thread}, "callbacks": [handler]}
        graph = self._graph
        if self._ours:
            saved = context.finished_step(_STEP)
            if saved is None and context.session_id is not None:
                saved = context.session.get("langgraph", {}).get(self._key)
            graph = graph.copy({"checkpointer": import_thread(thread, saved)})
        if context.answers:
            return graph, config, resumed_input(context)
        return graph, config, _as_messages(value) if self._chat else value

    def _finish(self, graph: Any, config: Any, context: Any, waits: tuple[list[Any], tuple[str, ...]]) -> None:
        waiting = any(waits)
        if self._ours and (waiting or context.session_id is not None):
            saved = export_thread(graph.checkpointer, config["configurable"]["thread_id"], self._deltas)
            if waiting:
                context.finish_step(_STEP, saved)
            else:
                context.session.setdefault("langgraph", {})[self._key] = saved
        wait(context, *waits)


def _as_messages(value: Any) -> dict[str, Any]:
    errors: Errors = []
    messages = read_messages(value, "", errors)
    if errors:
        raise invalid_input(errors)
    return {"messages": messages}


def _has_only_plain_nodes(graph: Any) -> bool:
    bounds = [getattr(node, "bound", None) for node in graph.nodes.values()]
    alone = [one for one in bounds if getattr(one, "afunc", None) is not None and getattr(one, "func", None) is None]
    return not alone and all(_has_only_plain_nodes(one) for one in bounds if hasattr(one, "nodes"))


def _is_sync_only(saver: Any) -> bool:
    """Its class has no asynchronous side, or one that only says so."""
    kind = type(saver)
    inherited = all("aget_tuple" not in vars(base) for base in kind.__mro__ if base.__name__ != "BaseCheckpointSaver")
    return inherited or (kind.__module__.startswith(_SYNC_ONLY) and not kind.__name__.startswith("Async"))
