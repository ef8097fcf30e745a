"""A Google ADK agent: a model that may call a tool, and then says what the tool answered."""

from google.adk.agents import Agent
from google.adk.apps import App

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = "gemini-2.5-flash"`, or with `litellm`: `model = LiteLlm("openai/gpt-5")`
model = ScriptedModel(model="scripted")

root_agent = Agent(
    name="weather_agent",
    model=model,
    description="Tells the weather",
    instruction="You are a helpful assistant.",
    tools=[get_weather],
)

app = App(name="weather", root_agent=root_agent)
