"""What a smolagents run yields, as events: steps → `custom`, tools → `tool.*`, tokens → `usage`, answer → `text`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..run import Run

_ANSWER = "final_answer"


class StepEvents:
    def __init__(self, run: Run, agent: Any) -> None:
        self._run = run
        self._model = getattr(agent.model, "model_id", None)
        self._reads = bool(run.message["stream"])
        self._called: dict[str, str] = {}
        """Tools that this step called and that have not answered, by the id of the call."""
        self._told: set[str] = set()
        self._last: Any = None
        self._take: dict[str, Callable[[Any], None]] = {
            "ChatMessageStreamDelta": self._delta,
            "ToolCall": self._call,
            "ToolOutput": self._result,
            "ActionStep": self._action,
            "PlanningStep": self._planning,
            "FinalAnswerStep": self._final,
        }
        self.answer: Any = None

    def take(self, item: Any) -> None:
        taken = self._take.get(type(item).__name__)
        if taken is not None:
            taken(item)

    def _delta(self, item: Any) -> None:
        if item.content and self._reads:
            self._run.event("reasoning", {"delta": item.content})

    def _call(self, call: Any) -> None:
        if call.name == _ANSWER or call.id in self._told:
            return
        self._told.add(call.id)
        self._called[call.id] = call.name
        args = call.arguments if isinstance(call.arguments, dict) else {"code": call.arguments}
        self._run.event("tool.call", {"id": call.id, "name": call.name, "args": args})

    def _result(self, item: Any) -> None:
        name = self._called.pop(item.id, None)
        if name is not None:
            self._run.event("tool.result", {"id": item.id, "name": name, "result": item.observation})

    def _action(self, step: Any) -> None:
        if step is self._last:
            return  # an agent that ran out of steps yields its last one again
        self._last = step
        for call in step.tool_calls or ():
            self._call(call)
        self._answer_calls(step)
        self._usage(step)
        if self._reads:
            error = None if step.error is None else str(step.error)
            said = {"step": step.step_number, "model_output": step.model_output, "error": error}
            self._run.event("custom", {"name": "step", "data": said})

    def _answer_calls(self, step: Any) -> None:
        """Of tools that raised, and of those whose output only their step has: a code agent's Python."""
        for id, name in self._called.items():
            outcome = {"result": step.observations} if step.error is None else {"error": str(step.error)}
            self._run.event("tool.result", {"id": id, "name": name, **outcome})
        self._called.clear()
        self._told.clear()

    def _planning(self, step: Any) -> None:
        self._usage(step)
        if self._reads:
            self._run.event("custom", {"name": "plan", "data": {"plan": step.plan}})

    def _usage(self, step: Any) -> None:
        used = getattr(step, "token_usage", None)
        if used is not None:
            tokens = {"input_tokens": used.input_tokens, "output_tokens": used.output_tokens}
            self._run.event("usage", {**tokens, "model": self._model})

    def _final(self, item: Any) -> None:
        self.answer = item.output if hasattr(item, "output") else item.final_answer
        if isinstance(self.answer, str):
            self.answer = str(self.answer)
            if self._reads:
                self._run.event("text", {"delta": self.answer})
