"""A LangGraph agent as its users write it, with OpenAI's client."""

import json
from typing import TypedDict

from langchain_core.runnables import RunnableConfig
from langchain_openai import ChatOpenAI
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, tools_condition
from langgraph.types import interrupt


def get_weather(city: str) -> str:
    """The weather in a city, now."""
    if city == "Nowhere":
        raise ValueError("no such place")
    return "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"


model = ChatOpenAI(model="stub", max_retries=0, stream_usage=True).bind_tools(
    [get_weather]
)


def call_model(state: MessagesState) -> dict[str, object]:
    return {"messages": [model.invoke(state["messages"])]}


graph = StateGraph(MessagesState)
graph.add_node("model", call_model)
graph.add_node("tools", ToolNode([get_weather]))
graph.add_edge(START, "model")
graph.add_conditional_edges("model", tools_condition)
graph.add_edge("tools", "model")
app = graph.compile()


def tell(state: MessagesState, config: RunnableConfig) -> dict[str, object]:
    """What the caller may say of the config, and what the graph has of it."""
    known = {name: config["configurable"].get(name) for name in ("tone", "volume", "thread_id")}
    return {"messages": [("ai", json.dumps(known))]}


told = StateGraph(MessagesState).add_node("tell", tell).add_edge(START, "tell").compile()


class Order(TypedDict, total=False):
    input: str
    config: dict[str, str]
    approved: object


def approve(order: Order) -> Order:
    return {"approved": interrupt(f"Shall I order {order['input']}?")}


orders = (
    StateGraph(Order).add_node("approve", approve).add_edge(START, "approve").compile()
)
