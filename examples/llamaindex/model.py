"""A chat model without a network: it asks for the weather of the last word, then says what the tool answered."""

import re
from collections.abc import AsyncIterator, Sequence
from typing import Any

from llama_index.core.base.llms.types import ToolCallBlock
from llama_index.core.llms import ChatMessage, ChatResponse, MockFunctionCallingLLM

USAGE = {"usage": {"prompt_tokens": 7, "completion_tokens": 5}}


class ScriptedModel(MockFunctionCallingLLM):
    def chat(self, messages: Sequence[ChatMessage], **_: Any) -> ChatResponse:
        return ChatResponse(message=answer_to(messages), raw=USAGE)

    async def astream_chat(self, messages: Sequence[ChatMessage], **_: Any) -> AsyncIterator[ChatResponse]:
        async def pieces() -> AsyncIterator[ChatResponse]:
            answer, said = answer_to(messages), ""
            for piece in re.findall(r" ?[^ ]+", answer.content or ""):
                said += piece
                yield ChatResponse(message=ChatMessage(said, role="assistant"), delta=piece)
            yield ChatResponse(message=answer, delta="", raw=USAGE)

        return pieces()


def answer_to(messages: Sequence[ChatMessage]) -> ChatMessage:
    last = messages[-1]
    if last.role == "tool":
        return ChatMessage(f"The weather is: {last.content}.", role="assistant")
    city = (last.content or "").rstrip("?.! ").rsplit(" ", 1)[-1]
    call = ToolCallBlock(tool_call_id=f"call_{len(messages)}", tool_name="get_weather", tool_kwargs={"city": city})
    return ChatMessage(role="assistant", blocks=[call])
