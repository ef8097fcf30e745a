"""What AgentChat streams, as events of a run: chunks and messages → `text`, thoughts → `reasoning`, tool calls →
`tool.*`, tokens → `usage`, everything else → `custom`.
"""

from __future__ import annotations

import json
from typing import Any

from ..run import Run


class TeamEvents:
    def __init__(self, run: Run, models: dict[str, str], task: list[Any], *, with_text: bool) -> None:
        self._run = run
        self._models = models
        self._task = [message.content for message in task]
        self._with_text = with_text
        self._streamed: set[str] = set()
        """Agents whose next message has been read piece by piece."""

    def take(self, item: Any) -> None:
        """One item of `run_stream`."""
        kind = type(item).__name__
        if kind == "ModelClientStreamingChunkEvent":
            self._streamed.add(item.source)
            if self._with_text and item.content:
                self._run.event("text", {"delta": item.content})
        elif kind != "TaskResult" and not self._is_task(item):
            self._usage(item)
            self._message(kind, item)

    def _is_task(self, item: Any) -> bool:
        """The task comes back before anything else."""
        if self._task and getattr(item, "content", None) == self._task[0]:
            del self._task[0]
            return True
        self._task.clear()
        return False

    def _message(self, kind: str, item: Any) -> None:
        if kind == "ToolCallRequestEvent":
            self._streamed.discard(item.source)
            for call in item.content:
                self._run.event("tool.call", {"id": call.id, "name": call.name, "args": _arguments(call.arguments)})
        elif kind == "ToolCallExecutionEvent":
            for result in item.content:
                outcome = "error" if getattr(result, "is_error", False) else "result"
                name = getattr(result, "name", None)
                self._run.event("tool.result", {"id": result.call_id, "name": name, outcome: result.content})
        elif kind == "ThoughtEvent":
            if self._with_text and item.source not in self._streamed:
                self._run.event("reasoning", {"delta": item.content})
        elif kind.startswith(("TextMessage", "StructuredMessage", "ToolCallSummaryMessage", "MultiModalMessage")):
            self._text(item)
        else:
            self._run.event("custom", {"name": kind, "data": item.model_dump(mode="json")})

    def _text(self, item: Any) -> None:
        if item.source in self._streamed:
            self._streamed.discard(item.source)
        elif self._with_text and (text := _text_of(item)):
            self._run.event("text", {"delta": text})

    def _usage(self, item: Any) -> None:
        used = getattr(item, "models_usage", None)
        if used is not None and (used.prompt_tokens or used.completion_tokens):
            tokens = {"input_tokens": used.prompt_tokens, "output_tokens": used.completion_tokens}
            self._run.event("usage", {**tokens, "model": self._models.get(item.source)})


def models_of(runner: Any) -> dict[str, str]:
    """The model of each agent, by the agent's name, where its client tells."""
    found: dict[str, str] = {}
    for member in getattr(runner, "_participants", None) or (runner,):
        if member is not runner:
            found.update(models_of(member))
    about = getattr(getattr(runner, "_model_client", None), "_raw_config", None)
    if isinstance(about, dict) and isinstance(about.get("model"), str):
        found[runner.name] = about["model"]
    return found


def output_of(result: Any) -> dict[str, Any]:
    """The last message and why it was the last."""
    last = result.messages[-1] if result.messages else None
    content = getattr(last, "content", None)
    if isinstance(content, list):
        content = [part if isinstance(part, str) else _part(part) for part in content]
    return {"content": content, "source": getattr(last, "source", None), "stop_reason": result.stop_reason}


def _part(part: Any) -> Any:
    return {"type": "image", "data_uri": part.data_uri} if hasattr(part, "data_uri") else part


def _text_of(item: Any) -> str:
    if isinstance(item.content, str):
        return item.content
    return item.to_text() if hasattr(item, "to_text") else ""


def _arguments(text: str) -> Any:
    try:
        return json.loads(text or "{}")
    except ValueError:
        return text
