"""A Pydantic AI agent with a tool."""

from pydantic_ai import Agent

from model import scripted_model

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}

# A real model, one line: `model = "openai:gpt-5"`
model = scripted_model

agent = Agent(model, instructions="Say how the weather is.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")
