"""How functions are called and what their answers become, in a real worker."""

from __future__ import annotations

import json
import time
from typing import Any

import codec_names as codec
import pytest
from conftest import Start

SHAPES = """
import asyncio, contextlib, functools
def value(x): return {"x": x}
async def coroutine(x): return x
def returns_coroutine(x): return coroutine(x)
def needs_loop(x): return asyncio.ensure_future(coroutine(x))
def runs_a_loop(x): return asyncio.run(coroutine(x))
def old_style(x): return asyncio.get_event_loop().run_until_complete(coroutine(x))
def generator(x):
    yield x
    yield "b"
    return "end"
async def async_generator(x):
    yield x
    yield "b"
async def promise_of_generator(x): return generator(x)
def promise_of_async(x): return async_generator(x)
@contextlib.asynccontextmanager
async def manager(x): yield async_generator(x)
class Tools:
    def __init__(self): self.n = 0
    def process(self, x):
        self.n += 1
        return [self.n, x]
    @staticmethod
    def fixed(x): return x
class Callable:
    async def __call__(self, x): return x
thing = Callable()
part = functools.partial(value, x=5)
def asks_to_stream(x, stream=False):
    return iter([x, "b"]) if stream else "whole"
"""


@pytest.mark.parametrize(
    ("module", "word", "value", "chunks"),
    [
        ("value", "value", {"x": "a"}, []),
        ("coroutine", "value", "a", []),
        ("returns_coroutine", "value", "a", []),
        ("needs_loop", "value", "a", []),
        ("runs_a_loop", "value", "a", []),
        ("old_style", "value", "a", []),
        ("generator", "stream", "end", ["a", "b"]),
        ("async_generator", "stream", None, ["a", "b"]),
        ("promise_of_generator", "stream", "end", ["a", "b"]),
        ("promise_of_async", "stream", None, ["a", "b"]),
        ("manager", "stream", None, ["a", "b"]),
        ("Tools.process", "value", [1, "a"], []),
        ("Tools.fixed", "value", "a", []),
        ("thing", "value", "a", []),
        ("Callable", "value", "a", []),
        ("asks_to_stream", "value", "whole", []),
    ],
)
def test_what_comes_back_decides(start: Start, module: str, word: str, value: Any, chunks: list[str]) -> None:
    server, connection = start(SHAPES, module)
    outcome = server.run(connection, module.replace(".", "_"), {"x": "a"})
    assert (outcome.kind, outcome.word, outcome.value) == ("result", word, value), outcome.value
    assert outcome.events() == chunks


def test_a_method_that_streams_on_demand_is_told_when_the_call_streams(start: Start) -> None:
    server, connection = start(SHAPES, "asks_to_stream")
    assert server.run(connection, "asks_to_stream", {"x": "a"}, stream=True).events() == ["a", "b"]


def test_items_before_an_exception_arrive_before_it(start: Start) -> None:
    server, connection = start(
        """
        def fails():
            for n in range(10): yield n
            raise ValueError("enough")
        """,
        "fails",
    )
    outcome = server.run(connection, "fails")
    assert outcome.events() == list(range(10))
    assert (outcome.value["code"], outcome.value["type"]) == ("AGENT_ERROR", "ValueError")
    assert "enough" in outcome.value["detail"]


def test_a_traceback_shows_the_users_frames_and_causes_only(start: Start) -> None:
    server, connection = start(
        """
        def inner(): raise KeyError("deep")
        async def outer():
            try: inner()
            except KeyError as e: raise ValueError("top") from e
        """,
        "outer",
    )
    text = server.run(connection, "outer").value["traceback"]
    assert "in inner" in text and "KeyError" in text and "ValueError: top" in text
    assert "runagent_worker" not in text


@pytest.mark.parametrize("way", ["sys.exit(3)", "raise KeyboardInterrupt", "raise SystemExit('bye')"])
@pytest.mark.parametrize("word", ["def", "async def"])
def test_an_exit_in_a_run_is_that_runs_error(start: Start, way: str, word: str) -> None:
    server, connection = start(f"import sys\n{word} leave(): {way}\n{word} stay(): return 1\n", "leave stay")
    assert server.run(connection, "leave").value["code"] == "AGENT_ERROR"
    assert server.run(connection, "stay").value == 1


BATCH = """
def same(items: list): return [i * 2 for i in items]
def fewer(items): return items[1:]
def none(items): return "text"
async def some(items): return [i if i else ValueError("zero") for i in items]
"""


def test_a_batch_answers_with_one_item_for_each(start: Start) -> None:
    tags = [{"tag": t, "file": "agent.py", "module": t, "type": "batch"} for t in ("same", "fewer", "none", "some")]
    server, connection = start(BATCH, tags)
    assert server.run(connection, "same", [1, 2]).value == [2, 4]
    assert server.run(connection, "fewer", [1, 2]).value["code"] == "BATCH_MISMATCH"
    assert server.run(connection, "none", [1, 2]).value["code"] == "BATCH_MISMATCH"
    first, second = server.run(connection, "some", [0, 7]).value
    assert (first["error"]["code"], first["error"]["status"], second) == ("AGENT_ERROR", 500, 7)
    assert (first["error"]["exception"], first["error"]["detail"]) == ("ValueError", "ValueError: zero")
    assert "ValueError: zero" in first["error"]["traceback"]
    assert server.run(connection, "same", {"a": 1}).value["code"] == "INVALID_INPUT"


def test_coroutines_of_one_process_run_at_the_same_time(start: Start) -> None:
    server, connection = start(
        """
        import asyncio
        waiting = []
        async def meet():
            event = asyncio.Event()
            waiting.append(event)
            if len(waiting) == 3:
                for one in waiting: one.set()
            await event.wait()
            return "met"
        """,
        "meet",
    )
    calls = [server.invoke(connection, "meet") for _ in range(3)]
    assert sorted(connection.until("result")[1] for _ in calls) == calls


def test_a_cancelled_coroutine_ends_and_its_neighbour_goes_on(start: Start) -> None:
    server, connection = start(
        """
        import asyncio
        async def wait(tell: bool):
            if tell: print("begun")
            await asyncio.sleep(30)
        async def quick(): return 1
        """,
        "wait quick",
    )
    call = server.invoke(connection, "wait", {"tell": True})
    connection.until("log", call=call)
    connection.send(codec.CANCEL, call, {"by": "caller", "reason": None})
    assert server.outcome(connection, call).value["code"] == "RUN_CANCELLED"
    assert server.run(connection, "quick").value == 1


def test_a_plain_function_sees_that_it_is_cancelled(start: Start) -> None:
    server, connection = start(
        """
        import time
        def wait(context):
            print("begun")
            while not context.cancelled: time.sleep(0.001)
            return "stopped"
        def forever():
            while True:
                yield 1
        """,
        "wait forever",
    )
    call = server.invoke(connection, "wait")
    connection.until("log", call=call)
    connection.send(codec.CANCEL, call, {"by": "caller", "reason": None})
    assert server.outcome(connection, call).value == "stopped"
    call = server.invoke(connection, "forever")
    connection.until("event", call=call)
    connection.send(codec.CANCEL, call, {"by": "caller", "reason": None})
    assert server.outcome(connection, call).value["code"] == "RUN_CANCELLED"


def test_ping_is_answered_while_a_plain_function_works(start: Start) -> None:
    server, connection = start("import time\ndef work():\n    print('x')\n    time.sleep(30)\n", "work")
    call = server.invoke(connection, "work")
    connection.until("log", call=call)
    connection.send(codec.PING)
    assert connection.until("ping")[1] == 0


def test_outputs_and_events_above_their_limits_are_refused(start: Start) -> None:
    code = "def big(n: int): return 'x' * n\ndef items(n: int): yield 'x' * n\n"
    server, connection = start(code, "big items", limits={"output": 1000, "event": 100})
    assert server.run(connection, "big", {"n": 999}).value["code"] == "OUTPUT_TOO_LARGE"
    assert server.run(connection, "big", {"n": 900}).kind == "result"
    assert server.run(connection, "items", {"n": 99}).value["code"] == "EVENT_TOO_LARGE"


def test_a_chunk_goes_out_when_it_is_yielded_even_if_the_loop_blocks_after_it(start: Start) -> None:
    server, connection = start(
        "import time\nasync def items():\n    yield 1\n    time.sleep(2)\n    yield 2\n", "items"
    )
    call = server.invoke(connection, "items")
    connection.until("event", call=call)
    begun = time.monotonic()
    connection.until("event", call=call)
    assert time.monotonic() - begun > 1


@pytest.mark.parametrize("way", ["async def", "def"])
def test_the_last_chunk_of_a_burst_goes_out_even_if_the_function_blocks_after_it(start: Start, way: str) -> None:
    code = f"import time\n{way} items():\n    for n in range(100): yield n\n    time.sleep(3)\n"
    server, connection = start(code, "items")
    call = server.invoke(connection, "items")
    for n in range(100):
        assert connection.until("event", "result", call=call)[2] == b"chunk\n%d" % n
    begun = time.monotonic()
    connection.until("result", call=call)
    assert time.monotonic() - begun > 2


def test_the_items_of_a_burst_arrive_before_the_process_exits(start: Start) -> None:
    code = "import os\nasync def items():\n    for n in range(100): yield n\n    os._exit(7)\n"
    server, connection = start(code, "items")
    call = server.invoke(connection, "items")
    for n in range(100):
        assert connection.until("event", call=call)[2] == b"chunk\n%d" % n


def test_integers_pass_exactly_both_ways(start: Start) -> None:
    server, connection = start("async def echo(input): return input\n", "echo")
    call = server.invoke(connection, "echo", {"n": 2**80 + 1, "f": 1e-7})
    body = connection.until("result", call=call)[2]
    assert json.loads(body.partition(b"\n")[2]) == {"n": 2**80 + 1, "f": 1e-7}
    assert b"1208925819614629174706177" in body
