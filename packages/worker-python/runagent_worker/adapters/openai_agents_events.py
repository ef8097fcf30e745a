"""What an OpenAI agent does, as events of a run: from its stream when someone reads, else from the SDK's hooks."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from ..run import Run
from .tool_values import parsed_arguments, plain_result

_DELTAS = {
    "response.output_text.delta": "text",
    "response.reasoning_text.delta": "reasoning",
    "response.reasoning_summary_text.delta": "reasoning",
}


class AgentEvents:
    """Of a stream."""

    def __init__(self, run: Run, names: dict[Any, Any]) -> None:
        """`names`: the tools of calls that were told before the run came to wait."""
        self._run = run
        self._names = names
        self._speaks = True
        """What the agent at work writes is for people: its output is text."""
        self._take: dict[str, Callable[[Any], None]] = {
            "raw_response_event": self._raw,
            "run_item_stream_event": lambda event: self._item(event.item),
            "agent_updated_stream_event": self._agent,
        }

    def take(self, event: Any) -> None:
        taken = self._take.get(event.type)
        if taken is not None:
            taken(event)

    def _raw(self, event: Any) -> None:
        data = event.data
        kind = _DELTAS.get(data.type)
        if kind is not None:
            if data.delta and (self._speaks or kind != "text"):
                self._run.event(kind, {"delta": data.delta})
        elif data.type in ("response.completed", "response.incomplete"):
            tell_usage(self._run, data.response.usage, data.response.model)

    def _agent(self, event: Any) -> None:
        self._speaks = event.new_agent.output_type in (None, str)

    def _item(self, item: Any) -> None:
        raw = item.raw_item
        if item.type == "tool_call_item":
            id, name = call_id(item), _read(raw, "name") or _read(raw, "type")
            self._names[id] = name
            self._run.event("tool.call", {"id": id, "name": name, "args": arguments_of(raw)})
        elif item.type == "tool_call_output_item":
            id = call_id(item)
            self._run.event("tool.result", {"id": id, "name": self._names.get(id), "result": plain_result(item.output)})
        elif item.type == "handoff_output_item":
            _tell_handoff(self._run, item.source_agent, item.target_agent)


def telling_hooks(run: Run) -> Any:
    """For a run that nobody reads."""
    return _telling()(run)


@functools.cache
def _telling() -> Any:
    from agents import RunHooks  # the agent's own

    base: Any = RunHooks

    class Telling(base):
        def __init__(self, run: Run) -> None:
            self._run = run

        async def on_llm_end(self, context: Any, agent: Any, response: Any) -> None:
            tell_usage(self._run, response.usage, getattr(agent.model, "model", agent.model))

        async def on_tool_start(self, context: Any, agent: Any, tool: Any) -> None:
            args = parsed_arguments(getattr(context, "tool_arguments", None))
            self._run.event("tool.call", {**_called(context, tool), "args": args})

        async def on_tool_end(self, context: Any, agent: Any, tool: Any, result: Any) -> None:
            self._run.event("tool.result", {**_called(context, tool), "result": plain_result(result)})

        async def on_handoff(self, context: Any, from_agent: Any, to_agent: Any) -> None:
            _tell_handoff(self._run, from_agent, to_agent)

    return Telling


def _called(context: Any, tool: Any) -> dict[str, Any]:
    return {"id": getattr(context, "tool_call_id", None), "name": tool.name}


def tell_usage(run: Run, used: Any, model: Any) -> None:
    if used is not None and (used.input_tokens or used.output_tokens):
        tokens = {"input_tokens": used.input_tokens, "output_tokens": used.output_tokens}
        run.event("usage", {**tokens, "model": model if isinstance(model, str) else None})


def _tell_handoff(run: Run, source: Any, target: Any) -> None:
    run.event("custom", {"name": "handoff", "data": {"from": source.name, "to": target.name}})


def call_id(item: Any) -> Any:
    return _read(item.raw_item, "call_id") or _read(item.raw_item, "id")


def arguments_of(raw: Any) -> Any:
    """A function's; of a hosted tool, what it was asked to do."""
    found = _read(raw, "arguments")
    return parsed_arguments(found) if found is not None else plain_result(_read(raw, "action")) or {}


def _read(raw: Any, name: str) -> Any:
    return raw.get(name) if isinstance(raw, dict) else getattr(raw, name, None)
