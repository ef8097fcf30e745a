"""LangChain Runnables (chains, models, retrievers, tools): body = what `ainvoke` takes, or text where that is text.

`configurable.session_id` is the session or the run, for histories that the chain keeps itself. The caller's JSON never
reaches the config.
"""

from __future__ import annotations

from typing import Any

from .configurable import ConfigKeys
from .langchain_events import kind_of, pieces, run_handler
from .langchain_form import Form
from .langchain_schema import readable_schema
from .langchain_whole import Whole
from .port import Adapted, Drained

CONFIG_KEYS = True
VERBS = ("ainvoke", "invoke", "stream", "astream", "astream_events")
NEEDS = ("ainvoke", "astream", "get_input_jsonschema", "get_output_jsonschema")

_RAW = ("stream", "astream", "astream_events")


def adapt(runnable: Any, verb: str | None, spec: dict[str, Any]) -> Adapted:
    form = Form(runnable.get_input_jsonschema, spec.get("input"))
    keys = ConfigKeys(spec, form.schema)
    call = _Runnable(runnable, form, keys)
    raw, streams_always = verb in _RAW, spec.get("type") == "generic_stream"
    called = call.events if verb == "astream_events" else call.raw if raw else call.whole if verb else call.as_asked
    return Adapted(
        name="langchain",
        make=lambda: call.streamed if streams_always and not raw else called,
        kind="generic_stream" if raw else "async",
        shape="chat" if form.is_chat else "object",
        input_schema=keys.schema(form.schema),
        output_schema={} if raw else readable_schema(runnable.get_output_jsonschema),
        streams=raw or verb is None or streams_always,
    )


class _Runnable:
    def __init__(self, runnable: Any, form: Form, keys: ConfigKeys) -> None:
        self._runnable = runnable
        self._form = form
        self._config_keys = keys

    async def as_asked(self, value: Any, context: Any) -> Any:
        """The object itself: streams for those who read events."""
        if context.run.message["stream"]:
            return await self._stream(value, context)
        return await self.whole(value, context)

    async def whole(self, value: Any, context: Any) -> Any:
        return await self._runnable.ainvoke(*self._given(value, context))

    async def streamed(self, value: Any, context: Any) -> Any:
        return Drained(await self._stream(value, context))

    def raw(self, value: Any, context: Any) -> Any:
        """`chain.stream`: its own items."""
        return self._runnable.astream(*self._given(value, context))

    def events(self, value: Any, context: Any) -> Any:
        return self._runnable.astream_events(*self._given(value, context), version="v2")

    def _given(self, value: Any, context: Any) -> tuple[Any, dict[str, Any]]:
        """The input and the config of a call."""
        own, said = self._config_keys.of(value)
        return self._form.read(own), _config(context, said)

    async def _stream(self, value: Any, context: Any) -> Any:
        """Its items as events; all of them together are the output, as LangChain adds them up."""
        run, whole = context.run, Whole()
        async for item in self._runnable.astream(*self._given(value, context)):
            _tell(run, item)
            whole.add(item)
        return whole.value()


def _config(context: Any, said: dict[str, Any]) -> dict[str, Any]:
    ids = {**said, "session_id": context.session_id or context.run_id}
    if context.user is not None:
        ids["user_id"] = context.user
    return {"configurable": ids, "callbacks": [run_handler(context.run.event, tools=True)]}


def _tell(run: Any, item: Any) -> None:
    if isinstance(item, str):
        if item:
            run.event("text", {"delta": item})
    elif kind_of(item) == "ai":
        for kind, text in pieces(item.content):
            run.event(kind, {"delta": text})
    else:
        run.event("chunk", item)
