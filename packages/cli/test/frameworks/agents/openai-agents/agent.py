"""An OpenAI agent as its users write it, with OpenAI's client."""

from agents import Agent, OpenAIResponsesModel, function_tool, set_tracing_disabled
from openai import AsyncOpenAI

set_tracing_disabled(True)


@function_tool
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


@function_tool(needs_approval=True)
def send_mail(to: str) -> str:
    """Sends a mail."""
    return f"sent to {to}"


model = OpenAIResponsesModel(model="stub", openai_client=AsyncOpenAI(max_retries=0))
agent = Agent(name="Stubbed", instructions="Obey.", tools=[get_weather, send_mail], model=model)
triage = Agent(name="Triage", instructions="Hand over.", handoffs=[agent], model=model)
