"""An Agno agent: a model that may call tools, and goes on until it has its answer."""

from agno.agent import Agent

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = OpenAIChat(id="gpt-5")`, imported from agno.models.openai
model = ScriptedModel()

agent = Agent(name="weather", model=model, tools=[get_weather], telemetry=False)
