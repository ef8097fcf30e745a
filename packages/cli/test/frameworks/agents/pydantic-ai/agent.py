"""A Pydantic AI agent as its users write it, with OpenAI's client."""

from dataclasses import dataclass

from openai import AsyncOpenAI
from pydantic_ai import Agent, DeferredToolRequests, RunContext
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

provider = OpenAIProvider(openai_client=AsyncOpenAI(max_retries=0))
model = OpenAIChatModel("stub", provider=provider)


@dataclass
class Place:
    country: str = "nowhere"


agent = Agent(model, deps_type=Place, output_type=[str, DeferredToolRequests], system_prompt="Obey.")


@agent.tool_plain
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


@agent.tool_plain(requires_approval=True)
def send_mail(to: str) -> str:
    """Sends a mail."""
    return f"sent to {to}"


@agent.tool
def where(context: RunContext[Place]) -> str:
    """The country that the caller is in."""
    return context.deps.country
