"""Agent objects are recognised by the qualified name of a class in their MRO; their framework is never imported by us.

A framework is added by one module here (its shape: `port.py`) and its rows in `_ADAPTERS`.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from .known import Known
from .methods import closed
from .port import Adapted
from .recognition import Around as Around
from .recognition import Recognition

if TYPE_CHECKING:
    from ..resolve import Target

_ADAPTERS: dict[str, str] = {
    "agno.agent.agent.Agent": "agno",
    "agno.team.team.Team": "agno",
    "agno.workflow.workflow.Workflow": "agno",
    "crewai.crew.Crew": "crewai",
    "crewai.flow.flow.Flow": "crewai",
    "crewai.flow.runtime.Flow": "crewai",
    "crewai.project.crew_base.CrewBaseMeta": "crewai",
    "langchain_core.runnables.base.Runnable": "langchain",
    "langgraph.pregel.Pregel": "langgraph",
    "langgraph.pregel.main.Pregel": "langgraph",
    "langgraph.pregel.protocol.PregelProtocol": "langgraph",
    "llama_index.core.workflow.workflow.Workflow": "llamaindex",
    "workflows.workflow.Workflow": "llamaindex",
    "autogen_agentchat.base._chat_agent.ChatAgent": "autogen",
    "autogen_agentchat.base._team.Team": "autogen",
    "google.adk.agents.base_agent.BaseAgent": "google-adk",
    "google.adk.apps.app.App": "google-adk",
    "google.adk.runners.Runner": "google-adk",
    "google.adk.workflow._base_node.BaseNode": "google-adk",
    "agents.agent.Agent": "openai-agents",
    "claude_agent_sdk.query.query": "claude-agent-sdk",
    "pydantic_ai.agent.Agent": "pydantic-ai",
    "pydantic_ai.agent.abstract.AbstractAgent": "pydantic-ai",
    "smolagents.agents.MultiStepAgent": "smolagents",
}
"""Qualified class name → adapter: a module of this package, whose name has `_` for `-`."""


def _module(adapter: str) -> Any:
    return importlib.import_module(f".{adapter.replace('-', '_')}", __name__)


_KNOWN = Known(_ADAPTERS, _module)


def recognise(target: Target, spec: dict[str, Any], around: Around) -> Adapted | Target:
    """The adapter for an object, for a method that is one of its framework's verbs, or for what makes one; else what is
    called plainly. Raises LoadError."""
    found = target if spec.get("adapter") == "none" else Recognition(_KNOWN, spec, around).of(target)
    return found if isinstance(found, Adapted) else closed(found, _KNOWN)


def adapter_of(value: Any) -> str | None:
    return _KNOWN.find(type(value)).adapter
