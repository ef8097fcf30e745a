"""A LangGraph agent: a model that may call tools, and goes on until it has its answer."""

from langchain_core.runnables import RunnableConfig
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition

from model import ScriptedModel

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@tool
def get_weather(city: str) -> str:
    """The weather in a city, now."""
    return WEATHER.get(city.lower(), "unknown")


# A real model, one line: `model = ChatOpenAI(model="gpt-5").bind_tools(tools)`
tools = [get_weather]
model = ScriptedModel().bind_tools(tools)


def call_model(state: MessagesState, config: RunnableConfig) -> dict[str, object]:
    """Hands the config on, so that text streams on Python 3.10 too, where it does not find its own way."""
    return {"messages": [model.invoke(state["messages"], config)]}


graph = StateGraph(MessagesState)
graph.add_node("model", call_model)
graph.add_node("tools", ToolNode(tools))
graph.add_edge(START, "model")
graph.add_conditional_edges("model", tools_condition)
graph.add_edge("tools", "model")

app = graph.compile()
