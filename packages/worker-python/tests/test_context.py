"""What a function can do through its context."""

from __future__ import annotations

import codec_names as codec
from channel import Server
from conftest import Start

CODE = """
import asyncio, os
def facts(context):
    return [context.run_id, context.attempt, context.session_id, context.user, context.deadline.tzinfo is not None,
            dict(context.secrets), context.cancelled]
def first(ctx, data: dict): return [data, ctx.run_id]
def input_named_context(context: str): return context
def counts(context):
    context.session["n"] = context.session.get("n", 0) + 1
    return context.session["n"]
def reads(context): return context.session
def emits(context):
    context.text("a"); context.emit("progress", {"n": 1})
async def emits_async(context):
    await context.text("a"); context.emit("progress", {"n": 1})
def asks(context):
    done = context.step("once", lambda: "paid")
    return [done, context.interrupt({"sure": True}, schema={"type": "boolean"})]
async def asks_async(context):
    async def pay(): return "paid"
    done = await context.step("once", pay)
    return [done, await context.interrupt("sure")]
async def stays(context):
    async def later():
        await asyncio.sleep(0.05)
        print("kept")
    await context.wait_until(later())
    return "answered"
"""
NAMES = "facts first input_named_context counts reads emits emits_async asks asks_async stays"


def test_the_context_tells_the_run(start: Start) -> None:
    server, connection = start(CODE, NAMES, secrets=["KEY"], env={"KEY": "s3"})
    outcome = server.run(connection, "facts", session_id="s-1", user="u")
    assert outcome.value == ["run_1", 1, "s-1", "u", True, {"KEY": "s3"}, False]
    assert server.run(connection, "first", {"a": 1}).value == [{"a": 1}, "run_2"]
    assert server.run(connection, "input_named_context", {"context": "mine"}).value == "mine"


def test_a_session_is_sent_before_the_result_when_it_changed(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "counts", session_id="s", session={"n": 4})
    assert (outcome.value, outcome.of("state")) == (5, [{"n": 5}])
    assert server.run(connection, "reads", session_id="s", session={"n": 4}).of("state") == []
    assert server.run(connection, "counts").of("state") == []


def test_events_of_the_context_are_the_same_in_functions_and_coroutines(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    for tag in ("emits", "emits_async"):
        outcome = server.run(connection, tag)
        assert outcome.events("text") == [{"delta": "a"}]
        assert outcome.events("custom") == [{"name": "progress", "data": {"n": 1}}]


def test_an_interrupt_ends_the_execution_and_the_next_one_gets_the_answer(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "asks")
    asked = {"id": "i1", "question": {"sure": True}, "schema": {"type": "boolean"}}
    assert (outcome.kind, outcome.value) == ("interrupt", {"interrupts": [asked]})
    assert outcome.of("step") == [{"name": "once", "value": "paid"}]
    again = server.run(connection, "asks", steps=[{"name": "once", "value": "kept"}], answers=[True])
    assert (again.value, again.of("step")) == (["kept", True], [])
    assert server.run(connection, "asks_async").kind == "interrupt"
    again = server.run(connection, "asks_async", steps=[{"name": "once", "value": "kept"}], answers=["yes"])
    assert again.value == ["kept", "yes"]


def test_wait_until_keeps_a_drained_worker_until_it_is_done(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    assert server.run(connection, "stays").value == "answered"
    connection.send(codec.DRAIN)
    assert "kept" in connection.next()[2].decode()
    assert server.exit_code() == 0


def test_a_lifespan_is_entered_in_the_worker_and_left_at_drain(start: Start, serve: object) -> None:
    server, connection = start(
        """
        import contextlib
        state = []
        @contextlib.asynccontextmanager
        async def lifespan():
            state.append("open")
            yield
            print("closed")
        async def read(): return state
        """,
        "read",
        lifespan="agent.py:lifespan",
    )
    assert server.run(connection, "read").value == ["open"]
    connection.send(codec.DRAIN)
    assert "closed" in connection.until("log")[2].decode()
    assert server.exit_code() == 0


def test_a_lifespan_that_fails_is_a_load_error(serve: object) -> None:
    assert callable(serve)
    server: Server = serve(
        "async def lifespan(): ...\nclass L:\n    async def __aenter__(self): raise OSError('no database')\n"
        "    async def __aexit__(self, *a): ...\ndef f(): ...\n",
        "f",
        lifespan="agent.py:L",
    )
    connection = server.start()
    connection.until("describe")
    body = connection.until("error")[2].decode()
    assert "LOAD_FAILED" in body and "no database" in body
