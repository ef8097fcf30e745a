"""ADK's events as those of a run: partial text → `text`, thoughts → `reasoning`, calls → `tool.*`, tokens → `usage`."""

from __future__ import annotations

from typing import Any

from ..run import Run

_ASKED = "adk_request_"
_CONFIRMATION = "adk_request_confirmation"
_CONFIRMED = {
    "anyOf": [
        {"type": "boolean"},
        {"type": "object", "properties": {"confirmed": {"type": "boolean"}}, "required": ["confirmed"]},
    ]
}


class AdkEvents:
    def __init__(self, run: Run, *, with_text: bool) -> None:
        self._run = run
        self._with_text = with_text
        self._streamed: set[str] = set()
        """Authors whose next whole text has been read piece by piece."""
        self.pending: list[Any] = []
        """Calls that a person has to answer."""
        self.final: Any = None
        """The last event that had something to say."""
        self.failed: Any = None

    def take(self, event: Any) -> None:
        """One event of `run_async`."""
        if event.partial:
            if self._with_text and event.content is not None:
                self._streamed.add(event.author)
                self._texts(event.content.parts or ())
        elif event.author != "user":
            self._whole(event)

    def question(self, call: Any) -> dict[str, Any]:
        args = dict(call.args or {})
        if call.name == _CONFIRMATION:
            asked, confirmation = args.get("originalFunctionCall") or {}, args.get("toolConfirmation") or {}
            question = {"tool": asked.get("name"), "args": asked.get("args"), **confirmation}
            return {"id": call.id, "question": question, "schema": _CONFIRMED}
        schema = args.get("response_schema")
        return {"id": call.id, "question": args.get("message") or args, "schema": schema}

    def _whole(self, event: Any) -> None:
        parts = (event.content.parts if event.content is not None else None) or ()
        self._calls(parts)
        if event.author in self._streamed:
            self._streamed.discard(event.author)
        elif self._with_text:
            self._texts(parts)
        used = event.usage_metadata
        if used is not None:
            tokens = {"input_tokens": used.prompt_token_count, "output_tokens": used.candidates_token_count}
            self._run.event("usage", {**tokens, "model": getattr(event, "model_version", None)})
        if event.error_code and not parts:
            self.failed = event
        elif event.is_final_response() and (parts or getattr(event, "output", None) is not None):
            self.final, self.failed = event, None

    def _texts(self, parts: Any) -> None:
        for part in parts:
            if part.text:
                self._run.event("reasoning" if part.thought else "text", {"delta": part.text})

    def _calls(self, parts: Any) -> None:
        for part in parts:
            call, response = part.function_call, part.function_response
            if call is not None and call.name.startswith(_ASKED):
                self.pending.append(call)
            elif call is not None:
                self._run.event("tool.call", {"id": call.id, "name": call.name, "args": call.args or {}})
            if response is not None and not response.name.startswith(_ASKED):
                self._run.event(
                    "tool.result", {"id": response.id, "name": response.name, **_outcome(response.response)}
                )


def output_of(events: AdkEvents) -> Any:
    """The last text; with anything else in it, its parts; of a node that says nothing, its output."""
    if events.failed is not None and events.final is None:
        raise RuntimeError(f"{events.failed.error_code}: {events.failed.error_message}")
    if events.final is None:
        return ""
    content = events.final.content
    parts = [part for part in (content.parts if content is not None else None) or () if not part.thought]
    if not parts:
        return getattr(events.final, "output", None)
    if all(part.text is not None for part in parts):
        return "".join(part.text for part in parts)
    return [part.model_dump(mode="json", exclude_none=True) for part in parts]


def _outcome(response: Any) -> dict[str, Any]:
    """ADK wraps what is no dict."""
    if isinstance(response, dict) and len(response) == 1:
        name = next(iter(response))
        if name in ("result", "error"):
            return {name: response[name]}
    return {"result": response}
