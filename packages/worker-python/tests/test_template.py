"""Templates, forks, and who ends with whom."""

from __future__ import annotations

import json
import os
import signal
import time

import codec_names as codec
import pytest
from channel import SECONDS, Connection, Server
from conftest import Start

SIMPLE = "import os\nasync def pid(): return os.getpid()\ndef dies(): os._exit(7)\ndef spins():\n    while True: pass\n"
NAMES = "pid dies spins"


def spawn(server: Server, template: Connection, name: str = "w2", once: bool = False) -> Connection:
    template.send(codec.SPAWN, 0, {"worker": name, "token": "secret", "once": once})
    return server.accept()


def test_a_fork_says_hello_under_its_own_name_and_serves(start: Start) -> None:
    server, template = start(SIMPLE, NAMES, role="template")
    worker = spawn(server, template)
    assert (server.hello["role"], server.hello["worker"], server.hello["token"]) == ("worker", "w2", "secret")
    assert server.run(worker, "pid").value == server.hello["pid"]


@pytest.mark.parametrize(("tag", "code", "name"), [("dies", 7, None), ("spins", None, "SIGKILL")])
def test_the_template_says_how_a_fork_ended(start: Start, tag: str, code: int | None, name: str | None) -> None:
    server, template = start(SIMPLE, NAMES, role="template")
    worker = spawn(server, template)
    pid = server.hello["pid"]
    server.invoke(worker, tag)
    if name:
        os.kill(pid, signal.SIGKILL)
    body = json.loads(template.until("exited")[2])
    assert body == {"worker": "w2", "pid": pid, "code": code, "signal": name, "begun": body["begun"]}


def test_the_template_says_which_of_a_forks_plain_runs_began_last(start: Start) -> None:
    server, template = start("import os\ndef plain(): return 1\ndef dies(): os._exit(7)", "plain dies", role="template")
    worker = spawn(server, template)
    assert server.run(worker, "plain").value == 1
    last = server.invoke(worker, "dies")
    server.invoke(worker, "plain")
    assert json.loads(template.until("exited")[2])["begun"] == last


def test_a_worker_for_one_run_ends_after_it(start: Start) -> None:
    server, template = start(SIMPLE, NAMES, role="template")
    worker = spawn(server, template, once=True)
    assert server.run(worker, "pid").kind == "result"
    assert json.loads(template.until("exited")[2])["code"] == 0


@pytest.mark.parametrize("role", ["template", "process"])
def test_without_a_server_nothing_survives_not_even_a_spinning_function(start: Start, role: str) -> None:
    server, connection = start(SIMPLE, NAMES, role=role)
    worker = spawn(server, connection) if role == "template" else connection
    pid = server.hello["pid"]
    server.invoke(worker, "spins")
    for one in server.connections:
        one.close()
    server.listener.close()
    server.exit_code()
    assert gone(pid)


def test_a_fork_does_not_share_the_connections_of_its_template(start: Start) -> None:
    server, template = start(
        """
        import socket
        listener = socket.create_server(("127.0.0.1", 0))
        client = socket.create_connection(listener.getsockname())
        def read(): return len(client.recv(1))
        """,
        "read",
        role="template",
    )
    worker = spawn(server, template)
    assert server.run(worker, "read").value == 0


def test_a_fork_has_random_numbers_of_its_own(start: Start) -> None:
    server, template = start(
        "import random\nrandom.seed(1)\ndef draw(): return random.random()\n", "draw", role="template"
    )
    values = [server.run(spawn(server, template, f"w{n}"), "draw").value for n in range(2)]
    assert values[0] != values[1]


def test_a_thread_after_import_forbids_forking_and_is_named(serve: object) -> None:
    assert callable(serve)
    code = """
        import threading, time
        threading.Thread(target=time.sleep, args=(60,), name="telemetry", daemon=True).start()
        def f(): ...
    """
    server: Server = serve(code, "f", role="template")
    fork = server.load()[1]["fork"]
    assert fork["safe"] is False and "telemetry" in fork["reason"]


def test_a_constructor_runs_in_the_worker_and_its_error_fails_the_load(serve: object) -> None:
    assert callable(serve)
    code = "class A:\n    def __init__(self): raise RuntimeError('no model')\n    def go(self): ...\n"
    server: Server = serve(code, "A.go", role="template")
    described = server.load()[1]
    assert (described["kind"], described["code"]) == ("error", "LOAD_FAILED")
    assert "no model" in described["detail"]


def test_a_cut_channel_is_picked_up_again_without_losing_a_frame(start: Start) -> None:
    server, connection = start(
        """
        import asyncio, os
        async def items(path: str):
            for n in range(50):
                yield n
                if n == 20:
                    while not os.path.exists(path): await asyncio.sleep(0.005)
        """,
        "items",
        orphan=30,
    )
    flag = server.path + ".go"
    call = server.invoke(connection, "items", {"path": flag}, durable=True)
    seen = [json.loads(connection.until("event", call=call)[2].partition(b"\n")[2]) for _ in range(8)]
    connection.send(codec.ACK, call, {"n": 5})
    connection.close()
    open(flag, "w").close()
    again = server.accept(resume=[{"call": call, "after": 8}])
    held = server.hello["held"][0]
    assert (held["call"], held["run_id"]) == (call, "run_1")
    outcome = server.outcome(again, call)
    assert seen + outcome.events() == list(range(50))
    assert (outcome.kind, outcome.word) == ("result", "stream")


def test_a_run_that_the_server_does_not_go_on_with_is_cancelled_and_silent(start: Start) -> None:
    code = """
        import asyncio
        async def waits():
            yield 1
            try: await asyncio.sleep(60)
            finally: print("left")
        async def quick(): return 1
    """
    server, connection = start(code, "waits quick", orphan=30)
    calls = [server.invoke(connection, "waits", durable=durable) for durable in (True, False)]
    for _ in calls:
        connection.until("event")
    connection.close()
    again = server.accept()
    assert [held["call"] for held in server.hello["held"]] == calls[:1]
    call = server.invoke(again, "quick")
    seen = [again.next() for _ in range(3)]
    assert sorted((kind, found) for kind, found, _ in seen) == [("log", 0), ("log", 0), ("result", call)]


def test_a_durable_function_waits_when_too_much_is_not_acknowledged(start: Start) -> None:
    code = "def items():\n    for n in range(200): yield 'x' * 1000\n"
    server, connection = start(code, "items", limits={"channel_held": 20_000})
    call = server.invoke(connection, "items", durable=True)
    for n in range(1, 201):
        assert connection.until("event", "result", call=call)[0] == "event"
        if n >= 15:
            connection.send(codec.ACK, call, {"n": n})
    assert connection.until("event", "result", call=call)[0] == "result"


@pytest.mark.parametrize("word", ["def", "async def"])
def test_a_child_that_the_agent_forks_does_not_answer_for_it(start: Start, word: str) -> None:
    server, connection = start(
        f"""
        import os
        {word} forks():
            pid = os.fork()
            if pid == 0:
                print("in the child", flush=True)
                return "child"
            os.waitpid(pid, 0)
            return "parent"
        """,
        "forks",
    )
    found = connection.logs
    for _ in range(3):
        outcome = server.run(connection, "forks")
        assert outcome.value == "parent"
        found += outcome.logs()
    connection.send(codec.DRAIN)
    with pytest.raises(EOFError):
        connection.until("never")
    assert "in the child" in [record["message"] for record in found]


def gone(pid: int) -> bool:
    end = time.monotonic() + SECONDS
    while time.monotonic() < end:
        try:
            with open(f"/proc/{pid}/stat") as file:
                if file.read().rpartition(")")[2].split()[0] == "Z":
                    return True
        except OSError:
            return True
    return False
