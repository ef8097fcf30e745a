"""Prints, logging and bytes on file descriptors become records of the right run."""

from __future__ import annotations

from conftest import Start

CODE = """
import logging, os, sys, threading, warnings, subprocess, asyncio
def prints(): print("a\\nb"); print("no end", end="")
def errs(): print("e", file=sys.stderr)
def logs():
    logging.getLogger("x").warning("careful %s", 1)
    logging.getLogger("x").error("bad")
def configured():
    logging.basicConfig(level=logging.INFO, format="%(name)s %(message)s", force=True)
    logging.getLogger("lib").info("told")
def binary(): sys.stdout.buffer.write(b"\\xff\\xfe\\n"); os.write(1, b"raw\\n")
def child(): subprocess.run(["echo", "from a child"])
def thread():
    t = threading.Thread(target=lambda: print("in thread")); t.start(); t.join()
def closes(): sys.stdout.close(); print("still")
def closes_descriptors():
    for fd in (0, 1, 2): os.close(fd)
def replaces(): sys.stdout = None; sys.stderr = None
async def async_prints(word: str):
    await asyncio.sleep(0.01); print(word)
def long(): print("x" * 5000)
def many():
    for n in range(100_000): print(n)
"""
NAMES = "prints errs logs configured binary child thread closes closes_descriptors replaces async_prints long many"


def messages(start: Start, tag: str, **more: object) -> list[tuple[str, str, str]]:
    server, connection = start(CODE, NAMES, **more)
    outcome = server.run(connection, tag)
    assert outcome.kind == "result", outcome.value
    return [(one["stream"], one["level"], one["message"]) for one in outcome.logs()]


def test_a_print_is_a_record_a_line(start: Start) -> None:
    assert messages(start, "prints") == [("stdout", "info", "a"), ("stdout", "info", "b"), ("stdout", "info", "no end")]


def test_stderr_and_logging_keep_their_level(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    found = [
        (r["stream"], r["level"], r["message"])
        for t in ("errs", "logs", "configured")
        for r in server.run(connection, t).logs()
    ]
    assert found == [
        ("stderr", "warning", "e"),
        ("logging", "warning", "careful 1"),
        ("logging", "error", "bad"),
        ("logging", "info", "lib told"),
    ]


def test_binary_output_is_read_with_replacement(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "binary")
    assert outcome.logs()[0]["message"] == "\ufffd\ufffd"


def test_what_a_child_process_writes_is_logged(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    server.invoke(connection, "child")
    assert b"from a child" in connection.until("log")[2]


def test_a_thread_prints_into_the_run_that_started_it(start: Start) -> None:
    assert messages(start, "thread") == [("stdout", "info", "in thread")]


def test_an_agent_that_closes_or_replaces_its_streams_does_no_harm(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    assert [r["message"] for r in server.run(connection, "closes").logs()] == ["still"]
    assert server.run(connection, "replaces").kind == "result"
    assert server.run(connection, "replaces").kind == "result"


def test_descriptors_that_a_run_closes_are_there_for_the_next(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    for _ in range(2):
        assert server.run(connection, "closes_descriptors").kind == "result"
        lines = [one["message"] for one in server.run(connection, "child").logs()]
        assert lines == ["from a child"]
    # One that was there already when the first began.
    closing, child = server.invoke(connection, "closes_descriptors"), server.invoke(connection, "child")
    assert server.outcome(connection, closing).kind == "result"
    assert [one["message"] for one in server.outcome(connection, child).logs()] == ["from a child"]


def test_prints_of_runs_at_the_same_time_are_told_apart(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    words = {server.invoke(connection, "async_prints", {"word": f"w{n}"}): f"w{n}" for n in range(5)}
    for _ in words:
        _, call, body = connection.until("log")
        assert words[call] in body.decode()


def test_a_long_line_is_cut_and_says_so(start: Start) -> None:
    ((_, _, message),) = messages(start, "long", limits={"log_line": 100})
    assert message == "x" * 100 + " [cut: 4900 more bytes]"


def test_very_many_lines_all_arrive_and_memory_stays(start: Start) -> None:
    server, connection = start(CODE, NAMES)
    outcome = server.run(connection, "many")
    assert [int(r["message"]) for r in outcome.logs()] == list(range(100_000))


def test_prints_of_an_import_belong_to_no_run(start: Start) -> None:
    _, connection = start("import os\nprint('loading')\nos.write(2, b'native\\n')\ndef f(): ...\n", "f")
    found = {record["message"]: record["call"] for record in connection.logs}
    assert found == {"loading": 0, "native": 0}
