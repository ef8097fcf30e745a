"""The LangGraph adapter with the real package and a scripted model."""

from __future__ import annotations

from typing import Any

import codec_names as codec
import pytest
from channel import Connection, Server
from conftest import Start

pytest.importorskip("langgraph")

CODE = """
import contextlib
from collections.abc import AsyncIterator
from langgraph.graph.state import CompiledStateGraph
from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.config import get_stream_writer
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import interrupt

tokens = {"input_tokens": 3, "output_tokens": 2, "total_tokens": 5}
model = GenericFakeChatModel(messages=iter(AIMessage("hello world", usage_metadata=tokens) for _ in range(99)))

def answer(state):
    get_stream_writer()({"progress": 1})
    return {"messages": [model.invoke(state["messages"])]}

def tools(state):
    call = {"id": "c1", "name": "search", "args": {"q": 1}}
    return {"messages": [AIMessage("", tool_calls=[call]), ToolMessage("found", tool_call_id="c1", name="search")]}

def ask(state):
    said = interrupt({"sure": True})
    return {"messages": [("ai", f"you said {said}")]}

def graph(node, **options):
    builder = StateGraph(MessagesState)
    builder.add_node("node", node)
    builder.add_edge(START, "node")
    return builder.compile(**options)

def make_app() -> CompiledStateGraph:
    return graph(answer)

@contextlib.asynccontextmanager
async def open_app() -> AsyncIterator[CompiledStateGraph]:
    yield graph(answer)

app = graph(answer, checkpointer=InMemorySaver())
tooled = graph(tools)
asking = graph(ask)
"""
NAMES = "app app.invoke app.stream tooled asking"
HELLO = {"messages": [{"role": "user", "content": "hi"}]}


def spawn(server: Server, name: str) -> Connection:
    server.connections[0].send(codec.SPAWN, 0, {"worker": name, "token": "t", "once": False})
    return server.accept()


def contents(value: Any) -> list[str]:
    return [message["content"] for message in value["messages"]]


def test_a_graph_is_recognised_whatever_verb_names_it(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    assert contents(server.run(connection, "app_invoke", HELLO).value) == ["hi", "hello world"]
    assert contents(server.run(connection, "app", HELLO).value) == ["hi", "hello world"]
    outcome = server.run(connection, "app_stream", HELLO)
    assert (outcome.word, contents(outcome.events()[0]["node"])) == ("stream", ["hello world"])


@pytest.mark.parametrize("how", ["worker", "run"])
def test_a_function_or_context_manager_that_returns_a_graph_is_a_factory(start: Start, how: str) -> None:
    names = ("make_app", "open_app")
    entries = [{"tag": name, "file": "agent.py", "module": name, "factory": how} for name in names]
    server, connection = start(CODE, entries)
    for name in (*names, *names):
        assert contents(server.run(connection, name, HELLO).value) == ["hi", "hello world"]


def test_streaming_the_object_gives_text_updates_custom_and_usage(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "app", HELLO, stream=True)
    assert "".join(event["delta"] for event in outcome.events("text")) == "hello world"
    assert outcome.events("custom") == [{"name": "custom", "data": {"progress": 1}}]
    assert contents(outcome.events("chunk")[0]["node"]) == ["hello world"]
    assert contents(outcome.value) == ["hi", "hello world"]
    outcome = server.run(connection, "tooled", HELLO, stream=True)
    assert outcome.events("tool.call") == [{"id": "c1", "name": "search", "args": {"q": 1}}]
    assert outcome.events("tool.result") == [{"id": "c1", "name": "search", "result": "found"}]


def test_tokens_become_a_usage_event(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    assert server.run(connection, "app_invoke", HELLO).events("usage") == [
        {"input_tokens": 3, "output_tokens": 2, "model": None}
    ]


def test_a_thread_goes_on_in_another_process_and_only_in_its_session(start: Start) -> None:
    server, _ = start(CODE, NAMES, role="template")
    first = server.run(spawn(server, "w2"), "app_invoke", HELLO, session_id="s")
    (state,) = first.of("state")
    other = spawn(server, "w3")
    assert len(contents(server.run(other, "app", HELLO, session_id="s", session=state).value)) == 4
    assert len(contents(server.run(other, "app", HELLO, session_id="t").value)) == 2
    assert len(contents(server.run(other, "app", HELLO).value)) == 2


def test_an_interrupt_waits_and_resumes_in_another_process(start: Start) -> None:
    server, _ = start(CODE, NAMES, role="template")
    waiting = server.run(spawn(server, "w2"), "asking", HELLO)
    assert [one["question"] for one in waiting.value["interrupts"]] == [{"sure": True}]
    resumed = server.run(spawn(server, "w3"), "asking", HELLO, steps=waiting.of("step"), answers=["yes"])
    assert contents(resumed.value)[-1] == "you said yes"


def test_the_callers_json_never_sets_the_config(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    body = {**HELLO, "config": {"configurable": {"thread_id": "stolen"}}, "configurable": {"thread_id": "stolen"}}
    assert contents(server.run(connection, "app", body).value) == ["hi", "hello world"]
