"""LangGraph graphs (`Pregel`, LangChain's `create_agent`): body = state, thread = session or run.

A missing or in-memory checkpointer is replaced, on a copy per run, by one whose content the server holds: in the
session, and while a run waits in a step. So it goes on in any process. The caller's JSON never reaches the config.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from ..binding import CHAT_SCHEMA, read_messages
from ..problems import invalid_input
from ..shape import Errors
from .langgraph_events import GraphEvents, usage_handler
from .langgraph_saver import export_thread, import_thread
from .langgraph_schema import readable_schema
from .port import Adapted, Drained

VERBS = ("ainvoke", "invoke", "stream", "astream")
NEEDS = ("ainvoke", "astream", "copy", "checkpointer", "nodes", "get_input_jsonschema", "get_output_jsonschema")

_STEP = "langgraph.checkpoint"
_MODES = ["messages", "updates", "custom", "values"]
_SYNC_ONLY = ("langgraph.checkpoint.sqlite", "langgraph.checkpoint.postgres")


def adapt(graph: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    chat = spec.get("input") == "chat"
    streams_always = spec.get("type") == "generic_stream"
    raw = verb in ("stream", "astream")
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Graph(graph, spec, f"{spec['file']}:{name}")
    return Adapted(
        name="langgraph",
        make=lambda: call.raw if raw else call.streamed if streams_always else call.whole if verb else call.as_asked,
        kind="generic_stream" if raw else "async",
        shape="chat" if chat else "object",
        input_schema=CHAT_SCHEMA if chat else readable_schema(graph.get_input_jsonschema),
        output_schema={} if raw else readable_schema(graph.get_output_jsonschema),
        streams=raw or verb is None or streams_always,
        description=getattr(graph, "description", None),
    )


_TASKS_LOSE_CONTEXT = sys.version_info < (3, 11)
"""LangGraph cannot hand its config (`interrupt`, `get_stream_writer`) to plain nodes under `ainvoke` there."""


class _Graph:
    def __init__(self, graph: Any, spec: dict[str, Any], key: str) -> None:
        self._graph = graph
        self._chat = spec.get("input") == "chat"
        self._key = key
        saver = graph.checkpointer
        in_memory = type(saver).__name__ in ("InMemorySaver", "MemorySaver", "PersistentDict")
        self._ours = spec.get("checkpointer") != "keep" and (saver is None or isinstance(saver, bool) or in_memory)
        sync_only = not self._ours and _is_sync_only(saver)
        self._in_thread = sync_only or (_TASKS_LOSE_CONTEXT and _has_only_plain_nodes(graph))

    async def as_asked(self, value: Any, context: Any) -> Any:
        """The object itself: streams for those who read events."""
        if not context.run.message["stream"]:
            return await self.whole(value, context)
        return await self._events(value, context)

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self._events(value, context))

    async def whole(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        if self._in_thread:
            state = await asyncio.to_thread(graph.invoke, given, config)
        else:
            state = await graph.ainvoke(given, config)
        interrupts: Any = ()
        if isinstance(state, dict) and "__interrupt__" in state:
            interrupts = state.pop("__interrupt__")
        self._finish(graph, config, context, interrupts)
        return state

    def raw(self, value: Any, context: Any) -> Any:
        """`app.stream`: its own items, in its own mode."""
        return self._raw_in_thread(value, context) if self._in_thread else self._raw(value, context)

    def _raw_in_thread(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        interrupts: list[Any] = []
        for item in graph.stream(given, config):
            if isinstance(item, dict) and "__interrupt__" in item:
                interrupts.extend(item["__interrupt__"])
            else:
                yield item
        self._finish(graph, config, context, interrupts)

    async def _raw(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        interrupts: list[Any] = []
        async for item in graph.astream(given, config):
            if isinstance(item, dict) and "__interrupt__" in item:
                interrupts.extend(item["__interrupt__"])
            else:
                yield item
        self._finish(graph, config, context, interrupts)

    async def _events(self, value: Any, context: Any) -> Any:
        graph, config, given = self._begin(value, context)
        events = GraphEvents(context.run)

        def take_all() -> None:
            for item in graph.stream(given, config, stream_mode=_MODES, subgraphs=True):
                events.take(*item)

        if self._in_thread:
            await asyncio.to_thread(take_all)
            self._finish(graph, config, context, events.interrupts)
            return events.state
        async for namespace, mode, data in graph.astream(given, config, stream_mode=_MODES, subgraphs=True):
            events.take(namespace, mode, data)
        self._finish(graph, config, context, events.interrupts)
        return events.state

    def _begin(self, value: Any, context: Any) -> tuple[Any, dict[str, Any], Any]:
        """The graph of this run, its config, its input."""
        thread = context.session_id or context.run_id
        config = {"configurable": {"thread_id": thread}, "callbacks": [usage_handler(context.run)]}
        graph, answers = self._graph, context.answers
        if self._ours:
            saved = context.finished_step(_STEP)
            if saved is None and context.session_id is not None:
                saved = context.session.get("langgraph", {}).get(self._key)
            graph = graph.copy({"checkpointer": import_thread(thread, saved)})
        if answers:
            from langgraph.types import Command  # the agent's own

            return graph, config, Command(resume=answers[-1])
        return graph, config, _as_messages(value) if self._chat else value

    def _finish(self, graph: Any, config: dict[str, Any], context: Any, interrupts: Any) -> None:
        waiting = list(interrupts)
        if self._ours and (waiting or context.session_id is not None):
            saved = export_thread(graph.checkpointer, config["configurable"]["thread_id"])
            if waiting:
                context.finish_step(_STEP, saved)
            else:
                context.session.setdefault("langgraph", {})[self._key] = saved
        if waiting:
            context.wait_for([{"id": _id_of(one), "question": one.value, "schema": None} for one in waiting])


def _id_of(interrupt: Any) -> str:
    return str(getattr(interrupt, "id", None) or getattr(interrupt, "interrupt_id", "interrupt"))


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
