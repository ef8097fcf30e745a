"""What is recognised as an agent object, and what is said and done about what only comes near."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from channel import Server
from conftest import Start

pytest.importorskip("langgraph")

CODE = """
from typing import TypedDict
import langgraph.pregel
from langgraph.graph import START, StateGraph

class State(TypedDict, total=False):
    n: int

def build():
    builder = StateGraph(State)
    builder.add_node("add", lambda state: {"n": state["n"] + 1})
    builder.add_edge(START, "add")
    return builder.compile()

app = build()
invoke = app.invoke

class Moved:
    def ainvoke(self, input):
        return {"moved": input}
    stream = ainvoke

Moved.__module__ = "langgraph.future"
moved = Moved()

class Callable(Moved):
    def __call__(self, input):
        return {"called": input}

callable_one = Callable()

class Empty:
    def invoke(self, input):
        return {"plain": input}

Empty.__module__, Empty.__qualname__ = "langgraph.pregel", "Pregel"
empty = Empty()

class Owner:
    def make(self):
        return build()
"""


def notes(described: object) -> str:
    return " ".join(described["notes"]) if isinstance(described, dict) else ""


@pytest.mark.parametrize("name", ["app", "app.ainvoke", "invoke", "Owner.make"])
def test_an_object_its_method_and_what_makes_it_are_recognised(start: Start, name: str) -> None:
    server, connection = start(CODE, name)
    assert server.run(connection, name.replace(".", "_"), {"n": 1}).value == {"n": 2}


@pytest.mark.parametrize(
    ("name", "output"),
    [
        ("moved", {"moved": {"n": 1}}),
        ("moved.stream", {"moved": {"n": 1}}),
        ("callable_one", {"called": {"n": 1}}),
        ("empty", {"plain": {"n": 1}}),
    ],
)
def test_a_class_that_is_not_known_is_called_plainly_and_said(
    serve: Callable[..., Server], name: str, output: object
) -> None:
    server = serve(CODE, name)
    connection, described = server.load()
    assert (described["kind"], described["entrypoints"][0]["adapter"]) == ("describe", "none")
    assert f"{name} is a langgraph" in notes(described)
    assert "plain function" in notes(described)
    assert server.run(connection, name.replace(".", "_"), {"n": 1}).value == output


def test_a_class_of_the_agents_own_with_a_frameworks_name_is_its_own(
    serve: Callable[..., Server], folder: Path
) -> None:
    (folder / "langgraph" / "pregel").mkdir(parents=True)
    (folder / "langgraph" / "__init__.py").touch()
    (folder / "langgraph" / "pregel" / "__init__.py").write_text(
        "class Pregel:\n    def invoke(self, input):\n        return {'own': input}\n"
    )
    server = serve("from langgraph.pregel import Pregel\napp = Pregel()\n", "app app.invoke")
    connection, described = server.load()
    assert "one of your own" in notes(described)
    for tag in ("app", "app_invoke"):
        assert server.run(connection, tag, {"n": 1}).value == {"own": {"n": 1}}


def test_the_config_says_which_adapter_an_object_has(serve: Callable[..., Server]) -> None:
    code = (
        CODE
        + "\nclass Around:\n    def __getattr__(self, name):\n        return getattr(app, name)\naround = Around()\n"
    )
    entries = [{"tag": "it", "file": "agent.py", "module": "around", "adapter": "langgraph"}]
    server = serve(code, entries)
    connection, described = server.load()
    assert described["entrypoints"][0]["adapter"] == "langgraph"
    assert server.run(connection, "it", {"n": 1}).value == {"n": 2}


def test_an_adapter_that_does_not_exist_is_an_error_with_the_name_that_was_meant(serve: Callable[..., Server]) -> None:
    entries = [{"tag": "it", "file": "agent.py", "module": "app", "adapter": "langraph"}]
    _, error = serve(CODE, entries).load()
    assert error["kind"] == "error"
    assert "langgraph" in str(error)


PLAIN = """
import functools

class Older:
    def invoke(self, input: "dict | list", config=None, **kwargs):
        return {"input": input, "config": config, **kwargs}

Older.__module__ = "langgraph.past"
older = Older()
half = functools.partial(app.invoke, config=None)

class Own(type(app)):
    def ask(self, question: str, config: str = "none"):
        return [question, config]

own = object.__new__(Own)
"""


@pytest.mark.parametrize("name", ["app.get_state", "app.batch", "app.with_config", "app.abatch"])
def test_a_frameworks_method_that_is_no_verb_is_an_error_that_names_the_verbs(
    serve: Callable[..., Server], name: str
) -> None:
    _, error = serve(CODE, name).load()
    assert error["kind"] == "error"
    assert "`ainvoke` or `invoke`" in str(error)


@pytest.mark.parametrize("more", [{"config": {"recursion_limit": 1}}, {"interrupt_before": "*"}])
@pytest.mark.parametrize(
    "entry", [{"module": "older.invoke"}, {"module": "half"}, {"module": "app.invoke", "adapter": "none"}]
)
def test_a_frameworks_method_that_is_called_plainly_takes_no_configuration(
    serve: Callable[..., Server], entry: dict[str, str], more: dict[str, object]
) -> None:
    server = serve(CODE + PLAIN, [{"tag": "it", "file": "agent.py", **entry}])
    connection, _ = server.load()
    assert server.run(connection, "it", {"input": {"n": 1}}).kind == "result"
    assert server.run(connection, "it", {"input": {"n": 1}, **more}).value["code"] == "INVALID_INPUT"


def test_a_batch_goes_whole_to_a_frameworks_method(serve: Callable[..., Server]) -> None:
    server = serve(CODE, [{"tag": "it", "file": "agent.py", "module": "app.batch", "type": "batch"}])
    connection, _ = server.load()
    assert server.run(connection, "it", [{"n": 1}, {"n": 2}]).value == [{"n": 2}, {"n": 3}]


def test_a_method_that_the_agent_adds_is_its_own(serve: Callable[..., Server]) -> None:
    server = serve(CODE + PLAIN, "own.ask")
    connection, _ = server.load()
    assert server.run(connection, "own_ask", {"question": "why", "config": "mine"}).value == ["why", "mine"]
