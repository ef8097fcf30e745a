"""The LangGraph adapter with the real package and a scripted model."""

from __future__ import annotations

import sys
from collections.abc import Callable
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


MORE = """
import operator
from typing import Annotated, TypedDict
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.func import entrypoint
from langgraph.graph import START, StateGraph
from langgraph.types import interrupt

class State(TypedDict, total=False):
    input: str
    config: dict
    log: Annotated[list, operator.add]

def ask_a(state):
    return {"log": [f"a {interrupt('first?')}"]}

def ask_b(state):
    return {"log": [f"b {interrupt('second?')}"]}

def quiet(state):
    return {"log": [f"{state['input']} {state['config']}"]}

def graph(*nodes, **options):
    builder = StateGraph(State)
    for node in nodes:
        builder.add_node(getattr(node, "__name__", "inner"), node)
        builder.add_edge(START, getattr(node, "__name__", "inner"))
    return builder.compile(**options)

def chain(**options):
    builder = StateGraph(State).add_node("one", quiet).add_node("two", quiet)
    return builder.add_edge(START, "one").add_edge("one", "two").compile(**options)

plain = graph(quiet)
both = graph(ask_a, ask_b)
outer = graph(graph(ask_a, ask_b))
stopping = chain(interrupt_before=["two"])
kept = graph(ask_a, checkpointer=InMemorySaver())

@entrypoint()
def workflow(topic):
    return {"topic": topic, "said": interrupt("sure?")}
"""
STATE = {"input": "I", "config": {"configurable": {"thread_id": "stolen"}}, "log": []}
NAMES_TOO = "plain both outer stopping kept workflow both.stream outer.invoke stopping.stream both.astream_events"


def test_a_state_may_have_keys_named_input_and_config(start: Start) -> None:
    server, connection = start(MORE, NAMES_TOO)
    value = server.run(connection, "plain", STATE).value
    assert value == {**STATE, "log": [f"I {STATE['config']}"]}


ASKING = ["both", "outer", "outer_invoke", "both_stream"]
if sys.version_info >= (3, 11):
    ASKING.append("both_astream_events")  # before, LangGraph loses `interrupt` in plain nodes of its asynchronous calls


@pytest.mark.parametrize("name", ASKING)
@pytest.mark.parametrize("form", ["by id", "in order", "one for all"])
def test_several_questions_at_once_wait_together_and_are_answered(start: Start, name: str, form: str) -> None:
    server, connection = start(MORE, NAMES_TOO)
    waiting = server.run(connection, name, STATE, stream=name == "both")
    assert waiting.kind == "interrupt"
    asked = {one["question"]: one["id"] for one in waiting.value["interrupts"]}
    assert sorted(asked) == ["first?", "second?"]
    in_order = ["yes" if question == "first?" else "no" for question in asked]
    answer = {"by id": {asked["first?"]: "yes", asked["second?"]: "no"}, "in order": in_order}.get(form, "yes")
    resumed = server.run(connection, name, STATE, steps=waiting.of("step"), answers=[answer])
    assert resumed.kind == "result"
    log = sorted(resumed.value["log"]) if resumed.word == "value" else None
    assert log in (["a yes", "b yes" if form == "one for all" else "b no"], None)
    if name == "both_stream":
        assert {key for item in resumed.events() for key in item} == {"ask_a", "ask_b"}


def test_an_answer_to_one_of_two_questions_leaves_the_other(start: Start) -> None:
    server, connection = start(MORE, NAMES_TOO)
    waiting = server.run(connection, "both", STATE)
    first, second = (one["id"] for one in waiting.value["interrupts"])
    steps = waiting.of("step")
    again = server.run(connection, "both", STATE, steps=steps, answers=[{first: "yes"}])
    assert [one["id"] for one in again.value["interrupts"]] == [second]
    resumed = server.run(connection, "both", STATE, steps=steps + again.of("step"), answers=[{first: "yes"}, "no"])
    assert sorted(resumed.value["log"]) == ["a yes", "b no"]


@pytest.mark.parametrize("answer", [None, {}, [], {"approved": True}, 0])
def test_any_json_is_an_answer(start: Start, answer: Any) -> None:
    server, connection = start(MORE, NAMES_TOO)
    waiting = server.run(connection, "workflow", "weather")
    assert waiting.value["interrupts"][0]["question"] == "sure?"
    resumed = server.run(connection, "workflow", "weather", steps=waiting.of("step"), answers=[answer])
    assert resumed.value == {"topic": "weather", "said": answer}


@pytest.mark.parametrize("name", ["stopping", "stopping_stream"])
def test_a_graph_compiled_to_stop_before_a_node_waits_there(start: Start, name: str) -> None:
    server, connection = start(MORE, NAMES_TOO)
    waiting = server.run(connection, name, STATE)
    assert waiting.value["interrupts"] == [{"id": "breakpoint", "question": {"before": ["two"]}, "schema": None}]
    resumed = server.run(connection, name, STATE, steps=waiting.of("step"), answers=["go on"])
    assert resumed.kind == "result"
    assert len(resumed.value["log"] if resumed.word == "value" else resumed.events()) == (
        2 if name == "stopping" else 1
    )


def test_a_checkpointer_that_the_config_keeps_is_used(start: Start) -> None:
    entries = [{"tag": "kept", "file": "agent.py", "module": "kept", "checkpointer": "keep"}]
    server, connection = start(MORE, entries)
    waiting = server.run(connection, "kept", STATE, run_id="run_same")
    resumed = server.run(connection, "kept", STATE, run_id="run_same", steps=waiting.of("step"), answers=["yes"])
    assert resumed.value["log"] == ["a yes"]


def test_tools_and_tokens_are_told_when_nobody_streams(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "tooled", HELLO)
    assert [event["name"] for event in outcome.events("tool.call") + outcome.events("tool.result")] == ["search"] * 2
    assert outcome.events("chunk") == []


def test_channels_that_keep_only_what_changed_are_whole_in_the_next_turn(start: Start) -> None:
    code = """
    from typing import Annotated, TypedDict
    from langgraph.channels.delta import DeltaChannel
    from langgraph.graph import START, StateGraph

    def added(state, writes):
        return [*(state or []), *(item for write in writes for item in write)]

    class State(TypedDict, total=False):
        log: Annotated[list, DeltaChannel(added, list)]

    builder = StateGraph(State).add_node("count", lambda state: {"log": [len(state["log"])]})
    app = builder.add_edge(START, "count").compile()
    """
    server, connection = start(code, "app")
    first = server.run(connection, "app", {"log": ["a"]}, session_id="s")
    (state,) = first.of("state")
    second = server.run(connection, "app", {"log": ["b"]}, session_id="s", session=state)
    assert second.value == {"log": ["a", 1, "b", 3]}


@pytest.mark.parametrize(
    ("name", "keys", "said"),
    [("app", ["messages"], "is a key of its input"), ("make_text", ["tone"], "are for graphs of LangGraph")],
)
def test_keys_that_cannot_be_configured_are_a_load_error(
    serve: Callable[..., Server], name: str, keys: list[str], said: str
) -> None:
    code = CODE + "\ndef make_text(): return ''\n"
    server = serve(code, [{"tag": name, "file": "agent.py", "module": name, "config_keys": keys}])
    _, described = server.load()
    assert (described["code"], said in described["detail"]) == ("LOAD_FAILED", True)
