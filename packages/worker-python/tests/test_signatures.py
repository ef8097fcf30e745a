"""Signatures as authors write them, in a file whose annotations are text."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from conftest import Start

CODE = """
from __future__ import annotations
from typing import Any, Optional, TypedDict
try:
    from typing import NotRequired
    import typing_extensions
    Other = typing_extensions.TypedDict("Other", {"a": int})
except ImportError:
    Other = TypedDict("Other", {"a": int})
    from typing import Optional as NotRequired

class Query(TypedDict):
    a: int
    b: NotRequired[str]

def first(context, data, /):
    return [type(context).__name__, data]

def middle(a, context, b=2, /, *, c=3):
    return [a, type(context).__name__, b, c]

def anything(data, context: Any):
    return [type(context).__name__, data]

def optional(data, run: Optional[RunContext] = None):
    return [type(run).__name__, data]

def text(context: str):
    return context

def typed(query: Query):
    return query

def other(query: Other):
    return query
"""
NAMES = "first middle anything optional text typed other"


@pytest.mark.parametrize(
    ("tag", "body", "output"),
    [
        ("first", {"x": 1}, ["RunContext", {"x": 1}]),
        ("middle", {"a": 1, "c": 5}, [1, "RunContext", 2, 5]),
        ("anything", {"x": 1}, ["RunContext", {"x": 1}]),
        ("optional", {"x": 1}, ["RunContext", {"x": 1}]),
        ("text", {"context": "a"}, "a"),
        ("other", {"a": 1}, {"a": 1}),
    ],
)
def test_the_context_goes_where_it_stands_and_is_no_input(start: Start, tag: str, body: Any, output: Any) -> None:
    server, connection = start(CODE, NAMES)
    assert server.run(connection, tag, body).value == output


def test_a_member_that_is_not_required_may_be_left_out(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    assert server.run(connection, "typed", {"b": "x"}).value["errors"][0]["pointer"] == "/a"
    if sys.version_info >= (3, 11):
        assert server.run(connection, "typed", {"a": 1}).value == {"a": 1}
