"""A chat model without a network: with tools it asks for the weather of the last word, then says what they answered;
without, it knows what to pack.
"""

import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

USAGE = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}


class ScriptedModel(BaseChatModel):
    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **_: Any) -> Any:
        return self.bind(tools=tools)

    def _generate(self, messages: list[BaseMessage], *_: Any, tools: Any = None, **__: Any) -> ChatResult:
        last = messages[-1]
        if isinstance(last, ToolMessage):
            answer = AIMessage(content=f"The weather is: {last.content}.", usage_metadata=USAGE)
        elif tools:
            answer = AIMessage(content="", tool_calls=[asked_for(last, len(messages))], usage_metadata=USAGE)
        else:
            answer = AIMessage(content=to_pack(str(last.content)), usage_metadata=USAGE)
        return ChatResult(generations=[ChatGeneration(message=answer)])

    def _stream(
        self, messages: list[BaseMessage], *_: Any, tools: Any = None, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        answer = self._generate(messages, tools=tools).generations[0].message
        calls = [{**call, "type": "tool_call"} for call in answer.tool_calls]
        for piece in re.findall(r" ?[^ ]+", answer.content):
            yield ChatGenerationChunk(message=AIMessageChunk(content=piece))
        yield ChatGenerationChunk(message=AIMessageChunk(content="", tool_calls=calls, usage_metadata=USAGE))

    async def _astream(
        self, messages: list[BaseMessage], *_: Any, **options: Any
    ) -> AsyncIterator[ChatGenerationChunk]:
        """As real clients: without a thread for each piece."""
        for chunk in self._stream(messages, **options):
            yield chunk


def asked_for(message: BaseMessage, turn: int) -> dict[str, Any]:
    city = str(message.content).rstrip("?.! ").rsplit(" ", 1)[-1]
    return {"name": "get_weather", "args": {"city": city}, "id": f"call_{turn}"}


def to_pack(question: str) -> str:
    return "Take an umbrella." if "rain" in question else "Take sunglasses."
