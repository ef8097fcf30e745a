"""LangChain's agent, and a chain: what `create_agent` makes is a LangGraph graph, everything else is a Runnable."""

from langchain.agents import create_agent
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.tools import tool

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@tool
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = ChatOpenAI(model="gpt-5")`, with `from langchain_openai import ChatOpenAI`
model = ScriptedModel()

agent = create_agent(model, tools=[get_weather], system_prompt="You know the weather.")

chain = ChatPromptTemplate.from_template("What shall I pack for {weather}?") | model | StrOutputParser()
