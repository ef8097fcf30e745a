"""The vectors of binding, and properties that hold for any input."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from channel import PACKAGE
from hypothesis import given
from hypothesis import strategies as st

from runagent_worker.binding import Contradiction, choose_binding
from runagent_worker.problems import Fault
from runagent_worker.signature import read_signature

VECTORS = json.loads((Path(PACKAGE).parent / "protocol" / "vectors" / "binding.json").read_text())
PRELUDE = """
from dataclasses import dataclass
from enum import Enum
from typing import *
@dataclass
class Point:
    x: int
    y: int = 0
class Color(Enum):
    RED = "red"
class Query(TypedDict):
    text: str
class RunContext: ...
"""

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)


def make(source: str) -> Any:
    names: dict[str, Any] = {}
    exec(PRELUDE + source, names)
    return names["f"]


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: case["python"].splitlines()[0])
def test_a_vector_binds_as_written(case: dict[str, Any]) -> None:
    function = make(case["python"])
    signature = read_signature(function)
    if "contradiction" in case:
        with pytest.raises(Contradiction, match=case["contradiction"]):
            choose_binding(signature, case.get("type", "generic"), case.get("input"))
        return
    binding = choose_binding(signature, case.get("type", "generic"), case.get("input"))
    assert binding.shape == case["shape"]
    for example in case["examples"]:
        if "errors" in example:
            with pytest.raises(Fault) as caught:
                binding.bind(example["body"])
            assert [one["pointer"] for one in caught.value.body["errors"]] == example["errors"]
        else:
            positional, named = binding.bind(example["body"])
            if signature.context is not None:
                named[signature.context.name] = None
            assert repr(function(*positional, **named)) == example["returns"]


@given(json_values)
def test_a_binding_refuses_with_pointers_or_calls(value: Any) -> None:
    function = make(
        "def f(a: int, b: list[str] | None = None, *, c: Point = None): return (a, b, c)".replace(
            "list[str] | None", "Optional[List[str]]"
        )
    )
    binding = choose_binding(read_signature(function), "generic", None)
    try:
        positional, named = binding.bind(value)
    except Fault as fault:
        assert fault.code == "INVALID_INPUT"
        assert all(one["pointer"] == "" or one["pointer"].startswith("/") for one in fault.body["errors"])
    else:
        a, _, _ = function(*positional, **named)
        assert type(a) is int


@given(json_values)
def test_a_whole_body_goes_through_unchanged(value: Any) -> None:
    binding = choose_binding(read_signature(make("def f(data): return data")), "generic", None)
    assert binding.bind(value) == ([value], {})


def test_a_pydantic_model_validates_by_its_own_rules() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Model", n=(int, ...), name=(str, "x"))

    def f(body: Any) -> Any:
        return body

    f.__annotations__["body"] = model
    binding = choose_binding(read_signature(f), "generic", None)
    assert binding.bind({"n": "3"})[0][0].n == 3
    assert "string" in binding.schema["properties"]["n"]["type"]
    with pytest.raises(Fault) as caught:
        binding.bind({"n": "three"})
    assert caught.value.body["errors"][0]["pointer"] == "/n"
