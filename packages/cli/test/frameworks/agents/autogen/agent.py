"""An AutoGen agent and a team as their users write them, with OpenAI's client."""

from autogen_agentchat.agents import AssistantAgent
from autogen_agentchat.conditions import MaxMessageTermination
from autogen_agentchat.teams import RoundRobinGroupChat
from autogen_ext.models.openai import OpenAIChatCompletionClient


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


model_client = OpenAIChatCompletionClient(
    model="stub",
    max_retries=0,
    include_usage=True,
    model_info={
        "vision": False,
        "function_calling": True,
        "json_output": False,
        "family": "unknown",
        "structured_output": False,
    },
)


def assistant(name: str) -> AssistantAgent:
    return AssistantAgent(
        name, model_client, tools=[get_weather], reflect_on_tool_use=True, model_client_stream=True
    )


agent = assistant("assistant")
team = RoundRobinGroupChat([assistant("first"), assistant("second")], termination_condition=MaxMessageTermination(3))
