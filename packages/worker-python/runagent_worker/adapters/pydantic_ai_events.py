"""What a Pydantic AI agent does, as events of a run: text and tools from its event handler when someone reads, and what
was not told yet from its messages, tokens too. A call that gives the output is no tool call.
"""

from __future__ import annotations

import inspect
import typing
from collections.abc import Callable
from typing import Any

from ..run import Run
from .tool_values import parsed_arguments, plain_result


def speaks(output_type: Any) -> bool:
    """The output may be text: then what the model writes is for people."""
    if isinstance(output_type, (list, tuple)):
        return any(speaks(one) for one in output_type)
    return output_type is str or any(speaks(one) for one in typing.get_args(output_type))


class MessageEvents:
    def __init__(self, run: Run, history: list[Any], output_type: Any) -> None:
        self._run = run
        self._outputs = _output_tools(output_type)
        self._responses = sum(message.kind == "response" for message in history)
        calls, answers = _tool_parts(history)
        self._old_calls, self._old_answers = len(calls), len(answers)
        self._called = {part.tool_call_id for part in calls} - {part.tool_call_id for part in answers}
        """Told already; of the history those that a person was asked about."""
        self._answered: set[str] = set()

    def delta(self, kind: str, text: Any) -> None:
        if text:
            self._run.event(kind, {"delta": text})

    def called(self, part: Any) -> None:
        gives_output = part.tool_name in self._outputs or part.tool_name.startswith("final_result")
        if part.tool_call_id not in self._called and not gives_output:
            self._called.add(part.tool_call_id)
            said = {"id": part.tool_call_id, "name": part.tool_name, "args": parsed_arguments(part.args)}
            self._run.event("tool.call", said)

    def answered(self, part: Any) -> None:
        if part.tool_call_id in self._answered or part.tool_call_id not in self._called:
            return
        self._answered.add(part.tool_call_id)
        failed = part.part_kind == "retry-prompt" or getattr(part, "outcome", "success") != "success"
        outcome = {"error" if failed else "result": plain_result(part.content)}
        self._run.event("tool.result", {"id": part.tool_call_id, "name": part.tool_name, **outcome})

    def usage(self, messages: list[Any]) -> None:
        responses = [message for message in messages if message.kind == "response"]
        for response in responses[self._responses :]:
            used = response.usage
            if used.input_tokens or used.output_tokens:
                tokens = {"input_tokens": used.input_tokens, "output_tokens": used.output_tokens}
                self._run.event("usage", {**tokens, "model": response.model_name})
        self._responses = max(self._responses, len(responses))

    def rest(self, messages: list[Any]) -> None:
        self.usage(messages)
        calls, answers = _tool_parts(messages)
        found = {part.tool_call_id: part for part in answers[self._old_answers :]}
        for part in calls[self._old_calls :]:
            self.called(part)
            if part.tool_call_id in found:
                self.answered(found.pop(part.tool_call_id))
        for part in found.values():
            self.answered(part)


def event_handler(agent: Any, events: MessageEvents, speaks: bool) -> Any:
    """Of one run. The agent's own handler gets what it would get without it."""
    take = _Taker(events, speaks).take
    own = getattr(agent, "event_stream_handler", None)

    async def told(stream: Any) -> Any:
        async for event in stream:
            take(event)
            yield event

    async def handle(context: Any, stream: Any) -> None:
        events.usage(context.messages)
        if own is not None:
            await own(context, told(stream))
            return
        async for event in stream:
            take(event)

    return handle


class _Taker:
    def __init__(self, events: MessageEvents, speaks: bool) -> None:
        self._events = events
        self._kinds = {"thinking": "reasoning", **({"text": "text"} if speaks else {})}
        self._take: dict[str, Callable[[Any], None]] = {
            "part_start": self._start,
            "part_delta": self._delta,
            "function_tool_call": lambda event: events.called(event.part),
            "function_tool_result": lambda event: events.answered(_result(event)),
        }

    def take(self, event: Any) -> None:
        taken = self._take.get(event.event_kind)
        if taken is not None:
            taken(event)

    def _start(self, event: Any) -> None:
        kind = self._kinds.get(event.part.part_kind)
        if kind is not None:
            self._events.delta(kind, event.part.content)

    def _delta(self, event: Any) -> None:
        kind = self._kinds.get(event.delta.part_delta_kind)
        if kind is not None:
            self._events.delta(kind, event.delta.content_delta)


def _result(event: Any) -> Any:
    return event.part if hasattr(event, "part") else event.result


def _output_tools(output_type: Any) -> set[str]:
    """Those that the agent names."""
    kinds = output_type if isinstance(output_type, (list, tuple)) else [output_type]
    return {one.name for one in kinds if not inspect.isclass(one) and isinstance(getattr(one, "name", None), str)}


def _tool_parts(messages: list[Any]) -> tuple[list[Any], list[Any]]:
    """Calls, and what answers them."""
    parts = [part for message in messages for part in message.parts]
    calls = [part for part in parts if part.part_kind == "tool-call"]
    return calls, [part for part in parts if part.part_kind in ("tool-return", "retry-prompt")]
