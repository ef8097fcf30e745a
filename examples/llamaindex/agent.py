"""A LlamaIndex agent with a tool, and a workflow of two steps that asks a person before it books."""

from llama_index.core.agent.workflow import FunctionAgent
from llama_index.core.workflow import (
    HumanResponseEvent,
    InputRequiredEvent,
    StartEvent,
    StopEvent,
    Workflow,
    step,
)

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = OpenAI(model="gpt-5")`, with `from llama_index.llms.openai import OpenAI`
model = ScriptedModel()

agent = FunctionAgent(tools=[get_weather], llm=model, system_prompt="You know the weather.")


class Trip(StartEvent):
    city: str


class Booking(Workflow):
    @step
    async def ask(self, trip: Trip) -> InputRequiredEvent:
        return InputRequiredEvent(prefix=f"A flight to {trip.city}, {get_weather(trip.city)}: shall I book it?")

    @step
    async def book(self, answer: HumanResponseEvent) -> StopEvent:
        return StopEvent(result={"booked": bool(answer.response)})


booking = Booking()
