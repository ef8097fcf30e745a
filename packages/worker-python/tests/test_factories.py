"""Functions and context managers that return an agent object, with LangGraph's real package."""

from __future__ import annotations

from pathlib import Path

import codec_names as codec
import pytest
from conftest import Start

pytest.importorskip("langgraph")

CODE = """
import contextlib, os
from typing import TypedDict
from langgraph.graph import START, StateGraph

class State(TypedDict, total=False):
    n: int

def note(word):
    with open("notes.txt", "a") as file:
        file.write(word + "\\n")

def build():
    builder = StateGraph(State)
    builder.add_node("add", lambda state: {"n": state["n"] + 1})
    builder.add_edge(START, "add")
    return builder

def make():
    note("made")
    graph = build().compile()
    return graph

async def make_later():
    return make()

def make_lazily():
    from langgraph.graph import StateGraph as Builder
    return Builder(State).add_node("add", lambda s: {"n": s["n"] + 1}).add_edge(START, "add").compile().with_config({})

@contextlib.asynccontextmanager
async def opened():
    note("entered")
    yield build().compile()
    note("left")

ready = build().compile()

def give():
    return ready

class Maker:
    builder = build()
    def graph(self):
        return self.builder.compile()

maker = Maker()

def unseen():
    return maker.builder.compile()

def no_agent():
    return {"n": 1}

async def failing():
    note("tried")
    if open("notes.txt").read().count("tried") < 2:
        raise SystemExit("not yet")
    return build().compile()
"""


@pytest.mark.parametrize("name", ["make", "make_later", "make_lazily", "opened", "give"])
def test_a_function_that_says_nothing_of_what_it_returns_is_a_factory(start: Start, name: str) -> None:
    server, connection = start(CODE, name)
    for n in (1, 5):
        assert server.run(connection, name, {"n": n}).value == {"n": n + 1}


def test_a_factory_is_called_once_a_worker_or_once_a_run(start: Start, folder: Path) -> None:
    entries = [{"tag": how, "file": "agent.py", "module": "make", "factory": how} for how in ("worker", "run")]
    server, connection = start(CODE, entries)
    assert not (folder / "notes.txt").exists()
    for tag in ("worker", "worker", "run", "run"):
        assert server.run(connection, tag, {"n": 1}).value == {"n": 2}
    assert (folder / "notes.txt").read_text().split() == ["made"] * 3


def test_a_context_manager_is_left_when_its_worker_drains(start: Start, folder: Path) -> None:
    server, connection = start(CODE, "opened")
    server.run(connection, "opened", {"n": 1})
    assert (folder / "notes.txt").read_text().split() == ["entered"]
    connection.send(codec.DRAIN)
    assert server.exit_code() == 0
    assert (folder / "notes.txt").read_text().split() == ["entered", "left"]


def test_the_config_makes_a_factory_of_what_cannot_be_read(start: Start) -> None:
    entries = [{"tag": "it", "file": "agent.py", "module": "unseen", "adapter": "langgraph"}]
    server, connection = start(CODE, entries)
    assert server.run(connection, "it", {"n": 1}).value == {"n": 2}


def test_a_factory_that_exits_fails_its_run_and_is_tried_again(start: Start) -> None:
    server, connection = start(CODE, "failing")
    failed = server.run(connection, "failing", {"n": 1})
    assert (failed.kind, failed.value["detail"]) == ("error", "SystemExit: not yet")
    assert server.run(connection, "failing", {"n": 1}).value == {"n": 2}


def test_a_function_that_returns_data_is_no_factory(start: Start) -> None:
    server, connection = start(CODE, "no_agent")
    assert server.run(connection, "no_agent").value == {"n": 1}
    assert server.run(connection, "no_agent", {"x": 1}).value["errors"][0]["pointer"] == "/x"


def test_an_object_that_stands_in_a_class_needs_no_instance(start: Start) -> None:
    code = CODE + "\nclass Holder:\n    def __init__(self, key): pass\n    graph = build().compile()\n"
    server, connection = start(code, "Holder.graph Holder.graph.invoke")
    assert server.run(connection, "Holder_graph", {"n": 1}).value == {"n": 2}
    assert server.run(connection, "Holder_graph_invoke", {"n": 1}).value == {"n": 2}
