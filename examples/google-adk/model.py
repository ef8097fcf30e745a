"""A model without a network: it asks for the weather of the last word, then says what the tool answered."""

import re
from collections.abc import AsyncGenerator

from google.adk.models import BaseLlm, LlmRequest, LlmResponse
from google.genai import types

USAGE = types.GenerateContentResponseUsageMetadata(prompt_token_count=7, candidates_token_count=5)


class ScriptedModel(BaseLlm):
    async def generate_content_async(
        self, llm_request: LlmRequest, stream: bool = False
    ) -> AsyncGenerator[LlmResponse, None]:
        part = answer(llm_request.contents[-1].parts[-1])
        for piece in re.findall(r" ?[^ ]+", part.text or "") if stream else ():
            yield LlmResponse(content=said(types.Part(text=piece)), partial=True)
        yield LlmResponse(content=said(part), usage_metadata=USAGE)


def answer(last: types.Part) -> types.Part:
    if last.function_response:
        return types.Part(text=f"The weather is: {last.function_response.response['result']}.")
    city = (last.text or "").rstrip("?.! ").rsplit(" ", 1)[-1]
    return types.Part(function_call=types.FunctionCall(name="get_weather", args={"city": city}))


def said(part: types.Part) -> types.Content:
    return types.Content(role="model", parts=[part])
