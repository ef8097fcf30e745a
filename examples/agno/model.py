"""A model without a network: it asks for the weather of the last word, then says what the tool answered."""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from agno.models.base import Model
from agno.models.message import Message, MessageMetrics
from agno.models.response import ModelResponse


class ScriptedModel(Model):
    def __init__(self) -> None:
        super().__init__(id="scripted", name="Scripted", provider="none")

    def invoke(self, messages: list[Message], *_: Any, **__: Any) -> ModelResponse:
        last = messages[-1]
        usage = MessageMetrics(input_tokens=7, output_tokens=5, total_tokens=12)
        if last.role == "tool":
            answer = f"The weather is: {last.content}."
            return ModelResponse(role="assistant", content=answer, response_usage=usage)
        city = str(last.content).rstrip("?.! ").rsplit(" ", 1)[-1]
        function = {"name": "get_weather", "arguments": f'{{"city": "{city}"}}'}
        call = {"id": f"call_{len(messages)}", "type": "function", "function": function}
        return ModelResponse(role="assistant", tool_calls=[call], response_usage=usage)

    def invoke_stream(self, *messages: Any, **more: Any) -> Iterator[ModelResponse]:
        answer = self.invoke(*messages, **more)
        for piece in re.findall(r" ?[^ ]+", answer.content or ""):
            yield ModelResponse(role="assistant", content=piece)
        yield ModelResponse(role="assistant", tool_calls=answer.tool_calls, response_usage=answer.response_usage)

    async def ainvoke(self, *messages: Any, **more: Any) -> ModelResponse:
        return self.invoke(*messages, **more)

    async def ainvoke_stream(self, *messages: Any, **more: Any) -> AsyncIterator[ModelResponse]:
        for piece in self.invoke_stream(*messages, **more):
            yield piece

    def _parse_provider_response(self, response: Any, **_: Any) -> ModelResponse:
        return response

    def _parse_provider_response_delta(self, response: Any) -> ModelResponse:
        return response
