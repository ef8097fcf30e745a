"""LlamaIndex workflows and agents: `run` with a `Context` that is the session's, in a copy of its own for each run.

An agent takes the common chat input; another workflow takes the fields of its start event. The caller's JSON is never
more than that event: `ctx`, `memory` or `max_iterations` of `run` are out of its reach.
"""

from __future__ import annotations

import inspect
from typing import Any

from .llamaindex_context import export_context, give_memory, new_context, of_session
from .llamaindex_events import WorkflowEvents
from .llamaindex_input import Start
from .llamaindex_questions import Questions
from .port import Adapted, Drained, Unfit

VERBS = ("run",)
NEEDS = ("run",)

_KEPT = "llamaindex"


def adapt(workflow: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    if not hasattr(workflow, "start_event_class") and not hasattr(workflow, "_start_event_class"):
        raise Unfit("its start event is not known")
    start = Start(workflow, spec.get("input"))
    name = spec["module"].removesuffix(f".{verb}") if verb else spec["module"]
    call = _Workflow(workflow, start, f"{spec['file']}:{name}")
    streams_always = spec.get("type") == "generic_stream"
    return Adapted(
        name="llamaindex",
        make=lambda: call.streamed if streams_always else call,
        shape="chat" if start.is_chat else "args",
        input_schema=start.schema,
        description=getattr(workflow, "description", None),
    )


class _Workflow:
    def __init__(self, workflow: Any, start: Start, key: str) -> None:
        self._workflow = workflow
        self._start = start
        self._key = key

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self(value, context))

    async def __call__(self, value: Any, context: Any) -> Any:
        questions = Questions(context, self._workflow)
        handler = await self._go_on(questions) if questions.saved is not None else self._begin(value, context)
        try:
            await self._follow(handler, context, questions)
            output = await handler
        finally:
            if not handler.is_done():
                await _stop(handler)
        if context.session_id is not None:
            kept = of_session(await export_context(handler.ctx))
            context.session.setdefault(_KEPT, {})[self._key] = kept
        return output

    async def _follow(self, handler: Any, context: Any, questions: Questions) -> None:
        """Its events until it ends, or waits for a person, which ends the execution."""
        events = WorkflowEvents(context.run, questions.told)
        internal = {"expose_internal": True} if questions.tells_idle else {}
        async for event in handler.stream_events(**internal):
            kind = events.take(event)
            if kind == "question":
                questions.ask(event)
            if questions.asked and (kind == "idle" or not questions.tells_idle):
                questions.wait(await export_context(handler.ctx))

    def _begin(self, value: Any, context: Any) -> Any:
        saved = context.session.get(_KEPT, {}).get(self._key) if context.session_id is not None else None
        event = self._start.event(value, saved)
        return self._workflow.run(ctx=new_context(self._workflow, saved), start_event=event)

    async def _go_on(self, questions: Questions) -> Any:
        answers = questions.answers()
        handler = self._workflow.run(ctx=new_context(self._workflow, questions.saved))
        await give_memory(self._workflow, handler.ctx, questions.saved)
        for answer in answers:
            handler.ctx.send_event(answer)
        return handler


async def _stop(handler: Any) -> None:
    stopping = handler.cancel_run()
    if inspect.isawaitable(stopping):
        await stopping
