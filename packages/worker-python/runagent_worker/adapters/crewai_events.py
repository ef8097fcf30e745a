"""What CrewAI emits, as events of a run: content → `text` with task and agent, tools → `tool.*`, model calls → `usage`,
tasks and methods → `custom`.

A model that is told to write "Thought: … Final Answer: …" has its answer as `text`, the rest as `reasoning`.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from ..streaming import RunCancelled

_ANSWER = "Final Answer:"
_SCAFFOLD = ("Thought:", "Action:")


class CrewEvents:
    def __init__(self, context: Any, *, is_flow: bool = False) -> None:
        self._context = context
        self._run = context.run
        self._reads = bool(context.run.message["stream"])
        self._is_flow = is_flow
        self._written = ""
        """Of this call of a model, as long as it is not known how it is meant."""
        self._mode: str | None = None
        self._said = False
        self._counted = False
        self._open: list[tuple[str, str]] = []
        """Id and name of the tools that have not answered."""
        self._take: dict[str, Callable[[Any, Any], None]] = {
            "llm_stream_chunk": self._chunk,
            "llm_thinking_chunk": self._thinking,
            "llm_call_completed": self._called,
            "tool_usage_started": self._tool,
            "tool_usage_finished": self._result,
            "tool_usage_error": self._tool_error,
            "task_started": self._task,
            "task_completed": self._task,
            "method_execution_started": self._method,
            "method_execution_finished": self._method,
        }

    def take(self, source: Any, event: Any) -> None:
        if self._context.cancelled:
            raise RunCancelled
        taken = self._take.get(event.type)
        if taken is not None:
            taken(source, event)

    def finished(self, output: Any) -> Any:
        """The value of the run: what Pydantic, else JSON, else the text holds."""
        used = getattr(output, "token_usage", None)
        if used is not None and used.total_tokens and not self._counted:
            self._usage(used.prompt_tokens, used.completion_tokens, None)
        if hasattr(output, "tasks_output"):
            values = (getattr(output, "pydantic", None), getattr(output, "json_dict", None), output.raw)
            output = next(one for one in values if one is not None)
        if self._reads and not self._said and isinstance(output, str) and output:
            self._run.event("text", {"delta": output})
        return output

    def _chunk(self, source: Any, event: Any) -> None:
        if not self._reads or not event.chunk or getattr(event, "tool_call", None) is not None:
            return
        if self._mode is None:
            self._written += event.chunk
            self._mode = _mode_of(self._written)
            if self._mode is not None:
                self._write(event)
        elif self._mode == "thoughts":
            self._written += event.chunk
            self._write(event)
        else:
            self._text(event, event.chunk)

    def _write(self, event: Any) -> None:
        """What was held back; of thoughts all but what could be the beginning of the answer's mark."""
        written, self._written = self._written, ""
        if self._mode == "text":
            return self._text(event, written)
        before, found, after = written.partition(_ANSWER)
        if found:
            self._mode = "answer"
            self._reasoning(before)
            return self._text(event, after)
        keep = next((n for n in range(len(_ANSWER) - 1, 0, -1) if written.endswith(_ANSWER[:n])), 0)
        self._written = written[len(written) - keep :]
        self._reasoning(written[: len(written) - keep])
        return None

    def _text(self, event: Any, text: str) -> None:
        if self._mode == "answer":
            text = text.lstrip()
            if not text:
                return
            self._mode = "text"
        about = {"task": getattr(event, "task_name", None), "agent": getattr(event, "agent_role", None)}
        if self._is_flow:
            self._run.event("custom", {"name": "content", "data": {"delta": text, **about}})
        else:
            self._said = True
            self._run.event("text", {"delta": text, **about})

    def _reasoning(self, text: str) -> None:
        if text:
            self._run.event("reasoning", {"delta": text})

    def _thinking(self, source: Any, event: Any) -> None:
        if self._reads:
            self._reasoning(event.chunk)

    def _called(self, source: Any, event: Any) -> None:
        if self._written:
            self._mode = self._mode or "text"
            written, self._written = self._written, ""
            self._text(event, written) if self._mode == "text" else self._reasoning(written)
        self._mode = None
        used = getattr(event, "usage", None)
        if used:
            given = used.get("prompt_tokens", used.get("input_tokens"))
            self._usage(given, used.get("completion_tokens", used.get("output_tokens")), event.model)

    def _usage(self, given: Any, made: Any, model: Any) -> None:
        self._counted = True
        self._run.event("usage", {"input_tokens": given, "output_tokens": made, "model": model})

    def _tool(self, source: Any, event: Any) -> None:
        id = str(getattr(event, "event_id", None) or f"tool_{len(self._open)}")
        self._open.append((id, event.tool_name))
        self._run.event("tool.call", {"id": id, "name": event.tool_name, "args": _args(event.tool_args)})

    def _result(self, source: Any, event: Any) -> None:
        self._answered(event, {"result": event.output})

    def _tool_error(self, source: Any, event: Any) -> None:
        self._answered(event, {"error": str(event.error)})

    def _answered(self, event: Any, outcome: dict[str, Any]) -> None:
        started = getattr(event, "started_event_id", None)
        found = next((one for one in self._open if started in (None, one[0]) and one[1] == event.tool_name), None)
        if found is not None:
            self._open.remove(found)
            self._run.event("tool.result", {"id": found[0], "name": found[1], **outcome})

    def _task(self, source: Any, event: Any) -> None:
        if self._reads:
            task = getattr(event, "task", None)
            name = (
                getattr(event, "task_name", None) or getattr(task, "name", None) or getattr(task, "description", None)
            )
            self._run.event("custom", {"name": event.type, "data": {"task": name}})

    def _method(self, source: Any, event: Any) -> None:
        if self._reads:
            self._run.event("custom", {"name": event.type, "data": {"method": str(event.method_name)}})


def _mode_of(written: str) -> str | None:
    """Thoughts, plain text, or not known yet."""
    text = written.lstrip()
    if text.startswith(_SCAFFOLD) or _ANSWER in text:
        return "thoughts"
    return None if any(one.startswith(text) for one in (*_SCAFFOLD, _ANSWER)) else "text"


def _args(args: Any) -> Any:
    if not isinstance(args, str):
        return args
    try:
        return json.loads(args)
    except ValueError:  # what the model wrote is no JSON: shown as it is
        return args
