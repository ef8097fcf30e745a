"""The steps of an agent's memory as JSON and back: what its model is told of earlier turns, no images."""

from __future__ import annotations

import dataclasses
import importlib
import time
from typing import Any

from ..binding import text_of

Saved = list[dict[str, Any]]


def export_steps(steps: list[Any]) -> Saved:
    return [saved for step in steps if (saved := _export(step)) is not None]


def _export(step: Any) -> dict[str, Any] | None:
    kind = type(step).__name__
    if kind == "TaskStep":
        return {"task": step.task}
    if kind == "PlanningStep":
        return {"plan": step.plan}
    if kind == "SystemPromptStep":
        return {"system": step.system_prompt}
    if kind != "ActionStep":
        return None
    calls = [{"name": one.name, "arguments": one.arguments, "id": one.id} for one in step.tool_calls or ()]
    said = {"output": step.model_output, "observations": step.observations, "code": getattr(step, "code_action", None)}
    error = None if step.error is None else str(step.error)
    return {"step": step.step_number, "calls": calls, "error": error, **said}


def import_messages(messages: list[dict[str, Any]]) -> list[Any]:
    """Messages of a caller that keeps its own history."""
    known = {"user": "task", "assistant": "output", "system": "system", "developer": "system", "tool": "observations"}
    named = ((known.get(str(one.get("role"))), text_of(one.get("content") or "")) for one in messages)
    return import_steps([{name: text} for name, text in named if name is not None])


def import_steps(saved: Saved) -> list[Any]:
    memory = importlib.import_module("smolagents.memory")  # the agent's own
    return [_import(memory, one) for one in saved]


def _import(memory: Any, saved: dict[str, Any]) -> Any:
    if "task" in saved:
        return memory.TaskStep(task=saved["task"])
    if "system" in saved:
        return memory.SystemPromptStep(system_prompt=saved["system"])
    if "plan" in saved:
        return _made(memory.PlanningStep, memory, plan=saved["plan"])
    calls = [memory.ToolCall(**one) for one in saved.get("calls", ())]
    return _made(
        memory.ActionStep,
        memory,
        step_number=saved.get("step", 1),
        tool_calls=calls or None,
        error=_error(memory, saved.get("error")),
        model_output=saved.get("output"),
        observations=saved.get("observations"),
        code_action=saved.get("code"),
    )


def _made(kind: Any, memory: Any, **known: Any) -> Any:
    """Fields without a default that a model is never told of get what their version calls for."""
    for field in dataclasses.fields(kind):
        required = field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        if required and field.name not in known:
            known[field.name] = _timing(memory) if field.name == "timing" else None
    names = {field.name for field in dataclasses.fields(kind)}
    return kind(**{name: value for name, value in known.items() if name in names})


def _timing(memory: Any) -> Any:
    timing = getattr(memory, "Timing", None)
    now = time.time()
    return None if timing is None else timing(start_time=now, end_time=now)


def _error(memory: Any, text: str | None) -> Any:
    if text is None:
        return None
    logger = memory.AgentLogger(level=memory.LogLevel.OFF)
    return memory.AgentError(text, logger)
