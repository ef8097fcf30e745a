"""A paused run: what a person is asked, and how the answer reaches the tools that wait for it.

A confirmation is answered as `approval.py` says; fields by their names, the result of a tool as text. Several questions
are answered by an object with their ids.
"""

from __future__ import annotations

import importlib
import json
from typing import Any

from ..leaving import encode
from .agno_events import RunFailed
from .approval import approval_question, verdict_of

_STEP = "agno.run"


def pause(output: Any, agent: Any, context: Any) -> None:
    """Ends the execution: the run waits."""
    waiting = _waiting(output)
    if not waiting or not hasattr(agent, "acontinue_run"):
        raise RunFailed("the run paused for what cannot be answered here: only tools of agents and teams can wait")
    saved = {"class": [type(output).__module__, type(output).__name__], "run": output.to_dict()}
    context.finish_step(_STEP, json.loads(encode(saved, context.run.note)))
    context.wait_for([_question(tool) for tool in waiting])


def resumed(context: Any) -> tuple[Any, Any]:
    """The paused run with the answer in it, and its requirements."""
    saved = context.finished_step(_STEP)
    module, name = saved["class"]
    output = getattr(importlib.import_module(module), name).from_dict(saved["run"])
    requirements = getattr(output, "requirements", None)
    tools = {tool.tool_call_id: tool for tool in output.tools or ()}
    for one in requirements or ():
        same = tools.get(one.tool_execution.tool_call_id)
        one.tool_execution = same if same is not None else one.tool_execution
    waiting = _waiting(output)
    answer = context.answers[-1]
    for tool in waiting:
        _answer(tool, answer)
    for one in requirements or ():
        one.confirmation = one.tool_execution.confirmed
        one.external_execution_result = one.tool_execution.result
    return output, requirements


def _waiting(output: Any) -> list[Any]:
    required = [one.tool_execution for one in getattr(output, "requirements", None) or ()]
    tools = [*(getattr(output, "tools", None) or ()), *required]
    open_ones = {one.tool_call_id: one for one in reversed(tools) if one is not None and _is_open(one)}
    return list(reversed(open_ones.values()))


def _is_open(tool: Any) -> bool:
    if tool.requires_confirmation:
        return tool.confirmed is None
    if tool.requires_user_input:
        return not tool.answered
    return bool(tool.external_execution_required) and tool.result is None


def _question(tool: Any) -> dict[str, Any]:
    if tool.requires_confirmation:
        return approval_question(tool.tool_call_id, tool.tool_name, tool.tool_args)
    asked: dict[str, Any] = {"tool": tool.tool_name, "args": tool.tool_args}
    if not tool.requires_user_input:
        return {"id": tool.tool_call_id, "question": {**asked, "asks": "result"}, "schema": None}
    fields = [{"name": one.name, "description": one.description} for one in _fields(tool)]
    return {"id": tool.tool_call_id, "question": {**asked, "fields": fields}, "schema": {"type": "object"}}


def _answer(tool: Any, answer: Any) -> None:
    id = tool.tool_call_id
    if tool.requires_confirmation:
        tool.confirmed, tool.confirmation_note = verdict_of(answer, id)
        return
    said = answer.get(id, answer) if isinstance(answer, dict) else answer
    if not tool.requires_user_input:
        tool.result = said if isinstance(said, str) else json.dumps(said)
        return
    for one in _fields(tool):
        one.value = said.get(one.name) if isinstance(said, dict) else said
    tool.answered = True


def _fields(tool: Any) -> list[Any]:
    """Those that the model has not filled in already."""
    return [one for one in tool.user_input_schema or () if one.value is None]
