"""Agno agents as their users write them, with OpenAI's client."""

from agno.agent import Agent
from agno.models.openai import OpenAIChat
from agno.team import Team
from agno.tools import tool
from agno.workflow import Workflow


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


@tool(requires_confirmation=True)
def book(city: str) -> str:
    """Books a flight to a city."""
    return f"booked: {city}"


@tool(requires_user_input=True, user_input_fields=["name"])
def greet(name: str) -> str:
    """Greets who is there."""
    return f"hello, {name}"


model = OpenAIChat(id="stub", max_retries=0)
agent = Agent(name="weather", model=model, tools=[get_weather], telemetry=False)
booking = Agent(name="booking", model=model, tools=[book, greet], telemetry=False)
team = Team(name="team", model=model, members=[agent], telemetry=False)
workflow = Workflow(name="workflow", steps=[agent, booking], telemetry=False)
