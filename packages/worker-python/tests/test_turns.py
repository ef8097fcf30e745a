"""Runs of plain functions that were handed to a worker ahead: one at a time, in order, given back until they begin."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import codec_names as codec
import pytest
from channel import Connection, Server
from conftest import Start

CODE = """
import asyncio, os, threading
at_work, most = 0, 0
def note(name):
    with open("calls", "a") as file:
        file.write(name)
def wait_for(name):
    with open("gate_" + name) as gate:
        gate.read()
def plain(name, gate=False):
    note(name)
    if gate: wait_for(name)
    return name
def dies(name):
    note(name)
    os._exit(3)
def writes(text):
    os.write(1, text.encode() + b"\\n")
async def awaited(name):
    global at_work, most
    at_work += 1
    most = max(most, at_work)
    for _ in range(50): await asyncio.sleep(0)
    at_work -= 1
    return most
def returns_coroutine(name): return awaited(name)
def needs_loop(name): return asyncio.ensure_future(awaited(name))
async def coroutine(name): return name
"""


def gate_of(server: Server, name: str) -> Path:
    path = Path(server.spec["root"]) / f"gate_{name}"
    os.mkfifo(path)
    return path


def calls_of(server: Server) -> str:
    return (Path(server.spec["root"]) / "calls").read_text()


def begun(server: Server, connection: Connection, name: str) -> tuple[int, Any]:
    """A run that is at work until its gate is closed."""
    gate = gate_of(server, name)
    call = server.invoke(connection, "plain", {"name": name, "gate": True})
    return call, gate.open("w")  # opens when the function waits there


def test_a_plain_function_is_described_as_one_whose_runs_may_wait(serve: Callable[..., Server]) -> None:
    _, description = serve(CODE, "plain coroutine").load()
    assert [one.get("serial") for one in description["entrypoints"]] == [True, None]


def test_with_a_concurrency_of_its_own_it_is_not(serve: Callable[..., Server]) -> None:
    _, description = serve(CODE, "plain", concurrency=2).load()
    assert "serial" not in description["entrypoints"][0]


def test_runs_wait_for_their_turn_and_keep_their_order(start: Start) -> None:
    server, connection = start(CODE, "plain")
    first, gate = begun(server, connection, "a")
    others = [server.invoke(connection, "plain", {"name": name}) for name in "bcd"]
    connection.send(codec.PING)
    connection.until("ping")
    assert calls_of(server) == "a"
    gate.close()
    assert [connection.until("result")[1] for _ in range(4)] == [first, *others]
    assert calls_of(server) == "abcd"


@pytest.mark.parametrize("by", ["recall", "caller", "deadline"])
def test_a_run_that_has_not_begun_is_given_back_at_once_and_never_executed(start: Start, by: str) -> None:
    server, connection = start(CODE, "plain")
    first, gate = begun(server, connection, "a")
    waiting = server.invoke(connection, "plain", {"name": "b"})
    connection.send(codec.CANCEL, waiting, {"by": by, "reason": None})
    given_back = server.outcome(connection, waiting)
    assert (given_back.kind, given_back.value["code"]) == ("error", "RUN_CANCELLED")
    gate.close()
    assert server.outcome(connection, first).value == "a"
    assert server.run(connection, "plain", {"name": "c"}).value == "c"
    assert calls_of(server) == "ac"


def test_a_recall_means_nothing_to_a_run_that_has_begun(start: Start) -> None:
    server, connection = start(CODE, "plain")
    call, gate = begun(server, connection, "a")
    connection.send(codec.CANCEL, call, {"by": "recall", "reason": None})
    gate.close()
    assert server.outcome(connection, call).value == "a"


def test_the_end_of_a_run_has_left_before_the_next_begins(start: Start) -> None:
    server, connection = start(CODE, "plain dies")
    first, gate = begun(server, connection, "a")
    server.invoke(connection, "dies", {"name": "b"})
    server.invoke(connection, "plain", {"name": "c"})
    gate.close()
    assert connection.until("result")[1] == first
    with pytest.raises(EOFError):
        connection.next()
    assert calls_of(server) == "ab"


@pytest.mark.parametrize("module", ["returns_coroutine", "needs_loop"])
def test_what_a_plain_function_leaves_to_the_loop_is_still_its_turn(start: Start, module: str) -> None:
    server, connection = start(CODE, module)
    calls = [server.invoke(connection, module, {"name": str(i)}) for i in range(8)]
    assert [server.outcome(connection, call).value for call in calls] == [1] * 8


def test_what_a_run_writes_to_its_descriptors_is_its_own_though_the_next_follows_at_once(start: Start) -> None:
    server, connection = start(CODE, "writes")
    calls = [server.invoke(connection, "writes", {"text": f"line {i}"}) for i in range(30)]
    found = [[log["message"] for log in server.outcome(connection, call).logs()] for call in calls]
    assert found == [[f"line {i}"] for i in range(30)]
