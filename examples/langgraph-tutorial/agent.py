"""The smallest LangGraph agent, as a tutorial has it."""

from typing import TypedDict

from langgraph.graph import END, START, StateGraph


class State(TypedDict):
    question: str
    answer: str


def answer(state: State) -> dict[str, str]:
    return {"answer": f"You asked: {state['question']}"}


graph = StateGraph(State)
graph.add_node("answer", answer)
graph.add_edge(START, "answer")
graph.add_edge("answer", END)
app = graph.compile()
