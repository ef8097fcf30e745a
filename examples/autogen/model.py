"""A model client without a network: it asks for the weather of the last word, then says what the tool answered."""

import json
import re
from collections.abc import AsyncGenerator, Sequence
from typing import Any

from autogen_core import FunctionCall
from autogen_core.models import (
    ChatCompletionClient,
    CreateResult,
    FunctionExecutionResultMessage,
    LLMMessage,
    ModelFamily,
    ModelInfo,
    RequestUsage,
)

USAGE = RequestUsage(prompt_tokens=7, completion_tokens=5)


class ScriptedModel(ChatCompletionClient):
    async def create(self, messages: Sequence[LLMMessage], **_: Any) -> CreateResult:
        last = messages[-1]
        if isinstance(last, FunctionExecutionResultMessage):
            said = f"The weather is: {last.content[0].content}."
            return CreateResult(finish_reason="stop", content=said, usage=USAGE, cached=False)
        call = asked_for(str(last.content), len(messages))
        return CreateResult(finish_reason="function_calls", content=[call], usage=USAGE, cached=False)

    async def create_stream(self, messages: Sequence[LLMMessage], **_: Any) -> AsyncGenerator[str | CreateResult, None]:
        answer = await self.create(messages)
        if isinstance(answer.content, str):
            for piece in re.findall(r" ?[^ ]+", answer.content):
                yield piece
        yield answer

    @property
    def model_info(self) -> ModelInfo:
        return ModelInfo(
            vision=False, function_calling=True, json_output=False, family=ModelFamily.UNKNOWN, structured_output=False
        )

    @property
    def capabilities(self) -> ModelInfo:
        return self.model_info

    def count_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        return 0

    def remaining_tokens(self, messages: Sequence[LLMMessage], **_: Any) -> int:
        return 1000

    def actual_usage(self) -> RequestUsage:
        return USAGE

    def total_usage(self) -> RequestUsage:
        return USAGE

    async def close(self) -> None:
        """There is nothing to close."""


def asked_for(text: str, turn: int) -> FunctionCall:
    city = text.rstrip("?.! ").rsplit(" ", 1)[-1]
    return FunctionCall(id=f"call_{turn}", name="get_weather", arguments=json.dumps({"city": city}))
