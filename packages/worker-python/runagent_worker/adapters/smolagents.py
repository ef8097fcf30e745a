"""smolagents (`CodeAgent`, `ToolCallingAgent`): `agent.run` on a copy per run, in a thread; its memory is the session.

Always driven step by step, so that tools and tokens are events also when nobody reads, and a cancelled run ends at the
next step. What the model writes on the way is `reasoning`; the final answer is the only `text`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from ..binding import CHAT_SCHEMA
from ..problems import invalid_input, pointed
from ..streaming import RunCancelled
from .chat import Chat, read_chat
from .port import Adapted
from .smolagents_events import StepEvents
from .smolagents_memory import export_steps, import_messages, import_steps
from .threaded import threaded

VERBS = ("run",)
ON_LOOP = False
NEEDS = ("run", "memory", "model", "tools", "logger", "step_callbacks")

_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {**CHAT_SCHEMA["properties"], "task": {"type": "string"}, "additional_args": {"type": "object"}},
    "anyOf": [*CHAT_SCHEMA["anyOf"], {"required": ["task"]}],
}


def adapt(agent: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Agent(agent, f"{spec['file']}:{name}")
    return Adapted(
        name="smolagents",
        make=lambda: threaded(call.streamed if spec.get("type") == "generic_stream" else call.whole),
        kind="generic",
        shape="chat",
        input_schema=_SCHEMA,
        on_loop=ON_LOOP,
        description=getattr(agent, "description", None),
    )


class _Agent:
    def __init__(self, agent: Any, key: str) -> None:
        self._agent = agent
        self._key = key

    def streamed(self, value: Any, context: Any) -> Iterator[Any]:
        """A generator whose only items are the events that it sends."""
        return self.whole(value, context)
        yield

    def whole(self, value: Any, context: Any) -> Any:
        chat, more = _read(value)
        agent = own_copy(self._agent)
        saved = None if context.session_id is None else context.session.get("smolagents", {}).get(self._key)
        agent.memory.steps = import_messages(chat.earlier) if saved is None else import_steps(saved)
        events = StepEvents(context.run, agent)
        for item in agent.run(chat.prompt, stream=True, reset=False, **more):
            if context.cancelled:
                raise RunCancelled
            events.take(item)
        if context.session_id is not None:
            context.session.setdefault("smolagents", {})[self._key] = export_steps(agent.memory.steps)
        return events.answer


def _read(value: Any) -> tuple[Chat, dict[str, Any]]:
    """The common chat input, or `{"task", "additional_args"}`."""
    if not isinstance(value, dict) or value.get("task") is None:
        return read_chat(value), {}
    more = value.get("additional_args")
    wrong = [pointed("/task", "expected text")] if not isinstance(value["task"], str) else []
    if more is not None and not isinstance(more, dict):
        wrong.append(pointed("/additional_args", "expected an object"))
    if wrong:
        raise invalid_input(wrong)
    return Chat([], {"role": "user", "content": value["task"]}), {"additional_args": more} if more else {}


def own_copy(agent: Any) -> Any:
    """With a memory, a state, a monitor and a Python of its own; model and tools are the agent's."""
    mine = copy.copy(agent)
    mine.memory = copy.copy(agent.memory)
    mine.memory.steps = []
    mine.state = dict(agent.state)
    mine.managed_agents = {name: own_copy(one) for name, one in agent.managed_agents.items()}
    _own_monitor(mine, agent)
    if type(getattr(agent, "python_executor", None)).__name__ == "LocalPythonExecutor":
        make: Callable[[], Any] | None = getattr(mine, "create_python_executor", None)
        mine.python_executor = make() if make is not None else copy.deepcopy(agent.python_executor)
    return mine


def _own_monitor(mine: Any, agent: Any) -> None:
    """The agent's callbacks, but for the one that counts in its monitor."""
    if getattr(agent, "monitor", None) is None:
        return
    mine.monitor = type(agent.monitor)(agent.model, agent.logger)
    registry = getattr(agent.step_callbacks, "_callbacks", None)
    if registry is None:
        mine.step_callbacks = [_moved(one, agent, mine) for one in agent.step_callbacks]
        return
    mine.step_callbacks = copy.copy(agent.step_callbacks)
    mine.step_callbacks._callbacks = {
        kind: [_moved(one, agent, mine) for one in those] for kind, those in registry.items()
    }


def _moved(callback: Any, agent: Any, mine: Any) -> Any:
    return mine.monitor.update_metrics if getattr(callback, "__self__", None) is agent.monitor else callback
