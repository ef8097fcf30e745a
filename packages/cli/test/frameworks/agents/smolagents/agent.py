"""A smolagents agent as its users write it, with OpenAI's client. What the model says in plain words is its answer."""

import os

from smolagents import OpenAIServerModel, ToolCallingAgent, tool
from smolagents.models import ChatMessage, ChatMessageToolCall, ChatMessageToolCallFunction


@tool
def get_weather(city: str) -> str:
    """The weather in a city, now.

    Args:
        city: Its name.
    """
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


class PlainAnswers(OpenAIServerModel):
    def parse_tool_calls(self, message: ChatMessage) -> ChatMessage:
        if not message.content:
            raise ValueError("the model said nothing")
        function = ChatMessageToolCallFunction(name="final_answer", arguments={"answer": message.content})
        message.tool_calls = [ChatMessageToolCall(id="answer", type="function", function=function)]
        return message


model = PlainAnswers("stub", os.environ["OPENAI_BASE_URL"], client_kwargs={"max_retries": 0})
model.retryer = lambda call, **options: call(**options)  # no minutes of waiting after a 429
agent = ToolCallingAgent(tools=[get_weather], model=model, max_steps=3)
