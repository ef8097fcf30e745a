"""A LangGraph agent: a model that may call tools, and goes on until it has its answer."""

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


def call_model(state: MessagesState) -> dict[str, object]:
    return {"messages": [model.invoke(state["messages"])]}


graph = StateGraph(MessagesState)
graph.add_node("model", call_model)
graph.add_node("tools", ToolNode(tools))
graph.add_edge(START, "model")
graph.add_conditional_edges("model", tools_condition)
graph.add_edge("tools", "model")

app = graph.compile()
