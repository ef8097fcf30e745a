"""What an Agno run yields, as events: content → `text`, tools → `tool.*`, model requests → `usage`, the rest that is
worth a look → `custom`. What members of a team and steps of a workflow say on the way is no text of the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

from ..run import Run

_QUIET = ("Started", "Continued", "Paused", "Progress", "ContentCompleted", "RequestCompleted")
"""Ends of the names of events that say nothing of their own."""


class RunFailed(Exception):
    """What Agno reported as the end of a run: the error itself stays inside it."""


class AgnoEvents:
    def __init__(self, run: Run, agent: Any) -> None:
        self._run = run
        self._is_workflow = hasattr(agent, "steps")
        self._own_content = "TeamRunContent" if hasattr(agent, "members") else "RunContent"
        self._said = False
        self._counted = False
        self._output: Any = None
        self._take: dict[str, Callable[[Any], None]] = {
            "RunContent": self._content,
            "TeamRunContent": self._content,
            "ToolCallStarted": self._call,
            "ToolCallCompleted": self._result,
            "ReasoningContentDelta": self._reasoning,
            "ModelRequestCompleted": self._usage,
            "RunCompleted": self._completed,
            "RunError": self._error,
            "RunCancelled": self._error,
            "WorkflowError": self._fail,
            "WorkflowCancelled": self._fail,
            "WorkflowCompleted": self._workflow_output,
        }

    async def drain(self, items: Any) -> Any:
        """The output, when all that the run yields was sent."""
        take = self._take
        async for item in items:
            name = getattr(item, "event", None)
            if name is None:
                self._output = item if _is_top(item) else self._output
                continue
            taken = take.get(name) or take.get(name.removeprefix("Team"))
            if taken is not None:
                taken(item)
            elif not name.endswith(_QUIET):
                self._custom(name, item)
        return self._finished(self._output)

    def whole(self, output: Any) -> Any:
        """The output of a run that nobody reads, whose tools are events all the same."""
        for tool in _tools(output):
            self._call(SimpleNamespace(tool=tool))
            self._result(SimpleNamespace(tool=tool))
        return self._finished(output)

    def _finished(self, output: Any) -> Any:
        if output is None:
            raise RunFailed("the run ended without an output")
        status = str(getattr(getattr(output, "status", None), "value", "")).upper()
        if status in ("ERROR", "CANCELLED"):
            raise RunFailed(str(output.content))
        if not self._counted:
            for used, model in _metrics(output):
                self._tokens(used, model)
        return output

    def _content(self, item: Any) -> None:
        self._reasoning(item)
        text = item.content
        if not isinstance(text, str) or not text:
            return
        if item.event == self._own_content and not self._is_workflow and _is_top(item):
            self._run.event("text", {"delta": text})
        else:
            name = getattr(item, "agent_name", None) or getattr(item, "team_name", None)
            step = getattr(item, "step_name", None)
            self._run.event("custom", {"name": "content", "data": {"agent": name, "step": step, "delta": text}})

    def _reasoning(self, item: Any) -> None:
        if getattr(item, "reasoning_content", None):
            self._run.event("reasoning", {"delta": item.reasoning_content})

    def _call(self, item: Any) -> None:
        tool = item.tool
        args = tool.tool_args or {}
        self._run.event("tool.call", {"id": tool.tool_call_id, "name": tool.tool_name, "args": args})

    def _result(self, item: Any) -> None:
        tool = item.tool
        if tool.result is not None or tool.tool_call_error:
            outcome = "error" if tool.tool_call_error else "result"
            said = {"id": tool.tool_call_id, "name": tool.tool_name, outcome: tool.result}
            self._run.event("tool.result", said)

    def _usage(self, item: Any) -> None:
        self._counted = True
        self._tokens(item, item.model)

    def _tokens(self, used: Any, model: Any) -> None:
        tokens = {"input_tokens": used.input_tokens, "output_tokens": used.output_tokens}
        self._run.event("usage", {**tokens, "model": model})

    def _error(self, item: Any) -> None:
        """Of an agent or team; a workflow may go on after that of a step."""
        if _is_top(item) and not self._is_workflow:
            self._fail(item)
        self._custom(item.event, item)

    def _fail(self, item: Any) -> None:
        told = (getattr(item, name, None) for name in ("content", "error", "reason"))
        raise RunFailed(str(next((one for one in told if one), item.event)))

    def _completed(self, item: Any) -> None:
        """The output, of versions that yield no other."""
        if _is_top(item) and not self._is_workflow:
            self._output = item

    def _workflow_output(self, item: Any) -> None:
        self._output = item
        if isinstance(item.content, str) and item.content:
            self._run.event("text", {"delta": item.content})

    def _custom(self, name: str, item: Any) -> None:
        about = {key: getattr(item, key, None) for key in ("agent_name", "team_name", "step_name", "content")}
        told = {key: value for key, value in about.items() if isinstance(value, str) and value}
        self._run.event("custom", {"name": name, "data": told})


def _is_top(item: Any) -> bool:
    """Not of a member of a team."""
    return getattr(item, "parent_run_id", None) is None


def _tools(output: Any) -> Iterator[Any]:
    yield from getattr(output, "tools", None) or ()
    for inner in getattr(output, "member_responses", None) or getattr(output, "step_executor_runs", None) or ():
        yield from _tools(inner)


def _metrics(output: Any) -> Iterator[tuple[Any, Any]]:
    found = getattr(output, "metrics", None)
    if getattr(found, "input_tokens", None) is not None:
        yield found, getattr(output, "model", None)
    for step in (getattr(found, "steps", None) or {}).values():
        if getattr(step.metrics, "input_tokens", None) is not None:
            yield step.metrics, None
