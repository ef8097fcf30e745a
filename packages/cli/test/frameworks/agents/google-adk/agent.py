"""A Google ADK agent as its users write it, with LiteLLM's client of OpenAI."""

from google.adk.agents import Agent
from google.adk.apps import App
from google.adk.models.lite_llm import LiteLlm
from google.adk.runners import InMemoryRunner
from google.adk.tools import FunctionTool


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


def send_mail(to: str) -> str:
    """Sends a mail."""
    return f"sent to {to}"


agent = Agent(
    name="assistant",
    model=LiteLlm(model="openai/stub", num_retries=0, max_retries=0),
    tools=[get_weather, FunctionTool(send_mail, require_confirmation=True)],
)
app = App(name="stubbed", root_agent=agent)
runner = InMemoryRunner(agent=agent, app_name="stubbed")
