"""Chunks of a Runnable's stream put together, with LangChain's own classes."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

pytest.importorskip("langchain_core")

from langchain_core.messages import AIMessageChunk
from langchain_core.runnables.utils import AddableDict

from runagent_worker.adapters.langchain_whole import Whole

TOKENS: Any = {"input_tokens": 1, "output_tokens": 2, "total_tokens": 3}


def put_together(chunks: list[Any]) -> Any:
    whole = Whole()
    for chunk in chunks:
        whole.add(chunk)
    return whole.value()


def test_a_message_is_what_its_chunks_added_one_by_one_are() -> None:
    chunks = [AIMessageChunk(content=f"word{index} ", id="m") for index in range(700)]
    chunks.append(AIMessageChunk(content="", id="m", usage_metadata=TOKENS))
    expected: Any = reduce(lambda whole, chunk: whole + chunk, chunks)
    found = put_together(chunks)
    assert (type(found).__name__, found.content, found.usage_metadata) == ("AIMessage", expected.content, TOKENS)


@pytest.mark.parametrize(
    ("chunks", "whole"),
    [
        ([], None),
        ([str(digit % 10) for digit in range(600)], "0123456789" * 60),
        ([AddableDict(a=str(digit % 10)) for digit in range(600)], {"a": "0123456789" * 60}),
        ([{"a": 1}, {"b": 2}], {"b": 2}),
        (["text", 1], 1),
    ],
)
def test_other_chunks_are_added_as_langchain_does(chunks: list[Any], whole: Any) -> None:
    assert put_together(chunks) == whole
