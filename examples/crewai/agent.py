"""A crew of one agent with a tool, and one task."""

from crewai import Agent, Crew, Task
from crewai.tools import tool

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@tool("get_weather")
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = "openai/gpt-5"`
model = ScriptedModel(model="scripted")

reporter = Agent(
    role="Weather reporter",
    goal="Say how the weather is in {city}",
    backstory="You look before you speak.",
    tools=[get_weather],
    llm=model,
)
report = Task(
    name="report",
    description="Report the weather in {city}",
    expected_output="One sentence",
    agent=reporter,
)

crew = Crew(agents=[reporter], tasks=[report])
