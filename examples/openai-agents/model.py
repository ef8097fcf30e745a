"""A model without a network: it asks for the weather of the last word, then says what the tool answered."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from agents import Model, ModelResponse, Usage, set_tracing_disabled
from openai.types.responses import (
    Response,
    ResponseCompletedEvent,
    ResponseFunctionToolCall,
    ResponseOutputMessage,
    ResponseOutputText,
    ResponseTextDeltaEvent,
    ResponseUsage,
)

set_tracing_disabled(True)  # traces go to OpenAI, with a key

USED = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
DETAILS = {
    "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
    "output_tokens_details": {"reasoning_tokens": 0},
}


class ScriptedModel(Model):
    async def get_response(self, system_instructions: Any, input: Any, *_: Any, **__: Any) -> ModelResponse:
        return ModelResponse(output=[answer_to(input)], usage=Usage(requests=1, **USED), response_id=None)

    async def stream_response(self, system_instructions: Any, input: Any, *_: Any, **__: Any) -> AsyncIterator[Any]:
        item = answer_to(input)
        for index, piece in enumerate(pieces(item)):
            yield ResponseTextDeltaEvent(
                type="response.output_text.delta",
                delta=piece,
                sequence_number=index,
                item_id=item.id,
                output_index=0,
                content_index=0,
                logprobs=[],
            )
        yield ResponseCompletedEvent(type="response.completed", sequence_number=99, response=whole(item))


def answer_to(input: Any) -> Any:
    items = [{"role": "user", "content": input}] if isinstance(input, str) else input
    last = items[-1]
    if last.get("type") == "function_call_output":
        content = ResponseOutputText(type="output_text", text=f"The weather is: {last['output']}.", annotations=[])
        return ResponseOutputMessage(
            id="msg_1", type="message", role="assistant", status="completed", content=[content]
        )
    city = str(last["content"]).rstrip("?.! ").rsplit(" ", 1)[-1]
    arguments = json.dumps({"city": city})
    call = f"call_{len(items)}"
    return ResponseFunctionToolCall(type="function_call", call_id=call, name="get_weather", arguments=arguments)


def pieces(item: Any) -> list[str]:
    return re.findall(r" ?[^ ]+", item.content[0].text) if item.type == "message" else []


def whole(item: Any) -> Response:
    return Response(
        id="resp_1",
        object="response",
        created_at=0,
        model="scripted",
        output=[item],
        parallel_tool_calls=False,
        tool_choice="auto",
        tools=[],
        usage=ResponseUsage(**USED, **DETAILS),
    )
