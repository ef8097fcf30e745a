"""A smolagents agent: a model that may call tools, and goes on until it has its final answer."""

from smolagents import ToolCallingAgent, tool

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@tool
def get_weather(city: str) -> str:
    """The weather in a city, now.

    Args:
        city: Its name.
    """
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = OpenAIModel(model_id="gpt-5")`, imported from smolagents
model = ScriptedModel()

agent = ToolCallingAgent(tools=[get_weather], model=model, max_steps=5)
