"""An AutoGen AgentChat agent: a model that may call a tool, and then says what the tool answered."""

from autogen_agentchat.agents import AssistantAgent

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


async def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model_client = OpenAIChatCompletionClient(model="gpt-5", include_usage=True)`
model_client = ScriptedModel()

agent = AssistantAgent(
    name="weather_agent",
    model_client=model_client,
    tools=[get_weather],
    system_message="You are a helpful assistant.",
    reflect_on_tool_use=True,
    model_client_stream=True,
)
