"""The crew or flow of one run: its texts are filled in, its tokens counted and its state changed on the way."""

from __future__ import annotations

import copy
import inspect
from typing import Any
from urllib.parse import quote

from .port import Unfit


def crew_copy(crew: Any, context: Any) -> Any:
    mine = crew.copy()
    for name in ("before_kickoff_callbacks", "after_kickoff_callbacks", "step_callback", "task_callback"):
        if hasattr(crew, name):
            setattr(mine, name, getattr(crew, name))
    if getattr(mine, "stream", False):
        mine.stream = False
    mine.manager_llm = _own_llm(mine.manager_llm, context)
    for agent in (*mine.agents, mine.manager_agent):
        if agent is not None:
            agent.llm = _own_llm(agent.llm, context)
    if context.session_id is not None:
        _scope_memory(mine, context.session_id)
    return mine


def flow_copy(flow: Any) -> Any:
    """A new one of its class: a flow that ran once holds its state, and its methods are bound to it."""
    given = {name: getattr(flow, name) for name in getattr(flow, "model_fields_set", ())}
    if not given and getattr(flow, "_persistence", None) is not None:
        given = {"persistence": flow._persistence}
    needed = [
        one.name
        for one in inspect.signature(type(flow)).parameters.values()
        if one.default is one.empty and one.kind not in (one.VAR_POSITIONAL, one.VAR_KEYWORD) and one.name not in given
    ]
    if needed:
        raise Unfit(f"{type(flow).__name__} needs {', '.join(needed)} to be made for each run")
    mine = type(flow)(**given)
    if getattr(mine, "stream", False):
        mine.stream = False
    return mine


def _own_llm(llm: Any, context: Any) -> Any:
    """Of an object: with a count of its own, and text in pieces if someone reads."""
    if llm is None or isinstance(llm, str):
        return llm
    mine = copy.copy(llm)
    used = getattr(mine, "_token_usage", None)
    if isinstance(used, dict):
        mine._token_usage = dict.fromkeys(used, 0)
    if context.run.message["stream"] and hasattr(mine, "stream"):
        mine.stream = True
    return mine


def _scope_memory(crew: Any, session: str) -> None:
    memory = getattr(crew, "_memory", None)
    if memory is not None and hasattr(memory, "root_scope") and hasattr(memory, "model_copy"):
        root = (memory.root_scope or "").rstrip("/")
        crew._memory = memory.model_copy(update={"root_scope": f"{root}/session/{quote(session, safe='')}"})
