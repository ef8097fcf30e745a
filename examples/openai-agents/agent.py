"""An OpenAI agent with a tool. What runs it is not written here: the object is enough."""

from agents import Agent, function_tool

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = "gpt-5"`
model = ScriptedModel()

agent = Agent(name="Weather", instructions="Say how the weather is.", tools=[get_weather], model=model)
