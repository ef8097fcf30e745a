"""A workflow's `Context` as JSON and back. An agent's memory is no part of what the framework writes ("known
unserializable"), so its messages stand beside it.
"""

from __future__ import annotations

import importlib
import warnings
from typing import Any

_OF_ONE_RUN = ("elapsed_alive", "last_alive_stamp")
"""What a context counts towards the workflow's timeout: it is one for each turn of a session."""


def framework(workflow: Any, module: str) -> Any:
    """A module of the package that the class `Workflow` comes from: there are two of them."""
    bases = type(workflow).__mro__
    package = next(base.__module__.rpartition(".")[0] for base in bases if base.__name__ == "Workflow")
    return importlib.import_module(f"{package}.{module}")


def new_context(workflow: Any, saved: Any) -> Any:
    context = framework(workflow, "context").Context
    return context(workflow) if saved is None else context.from_dict(workflow, saved["context"])


async def export_context(context: Any) -> dict[str, Any]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that the memory is left out
        state = context.to_dict()
    return {"context": state, "messages": await _messages(context)}


def of_session(exported: dict[str, Any]) -> dict[str, Any]:
    """For the next turn."""
    state = {key: value for key, value in exported["context"].items() if key not in _OF_ONE_RUN}
    return {**exported, "context": state}


async def give_memory(workflow: Any, context: Any, saved: dict[str, Any]) -> None:
    """To a run that goes on in the middle, before anything of it happens."""
    if saved["messages"] is None:
        return
    from llama_index.core.llms import ChatMessage  # the agent's own
    from llama_index.core.memory import ChatMemoryBuffer

    agents: dict[str, Any] = getattr(workflow, "agents", None) or {}
    llm = getattr(agents.get(getattr(workflow, "root_agent", ""), workflow), "llm", None)
    history = [ChatMessage.model_validate(one) for one in saved["messages"]]
    await context.store.set("memory", ChatMemoryBuffer.from_defaults(chat_history=history, llm=llm))


async def _messages(context: Any) -> list[Any] | None:
    """None: the workflow keeps no memory, or one that is its own."""
    try:
        memory = await context.store.get("memory", default=None)
    except Exception:  # a state of the workflow's own class, without such a name
        return None
    read = getattr(memory, "aget_all", None)
    return [one.model_dump(mode="json") for one in await read()] if read is not None else None
