"""A model without a network: it asks for the weather of the last word, then says what the tool answered."""

import json
import re
from collections.abc import AsyncIterator
from typing import Any

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart, ToolCallPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel
from pydantic_ai.usage import RequestUsage


def answer(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
    part = answer_to(messages)
    return ModelResponse(parts=[part], usage=RequestUsage(input_tokens=7, output_tokens=5))


async def stream(messages: list[ModelMessage], _: AgentInfo) -> AsyncIterator[Any]:
    part = answer_to(messages)
    if isinstance(part, ToolCallPart):
        yield {0: DeltaToolCall(name=part.tool_name, json_args=str(part.args), tool_call_id=part.tool_call_id)}
        return
    for piece in re.findall(r" ?[^ ]+", part.content):
        yield piece


def answer_to(messages: list[ModelMessage]) -> TextPart | ToolCallPart:
    last = messages[-1].parts[-1]
    if last.part_kind == "tool-return":
        return TextPart(f"The weather is: {last.content}.")
    city = str(last.content).rstrip("?.! ").rsplit(" ", 1)[-1]
    return ToolCallPart("get_weather", json.dumps({"city": city}), tool_call_id=f"call_{len(messages)}")


scripted_model = FunctionModel(answer, stream_function=stream, model_name="scripted")
