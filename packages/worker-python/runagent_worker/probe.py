"""May workers be forked from this process? Decided by trying (frameworks.md §4): a fork makes everything ready and one
TLS handshake in memory, within a bound.

Threads of Python never survive a fork. Native ones may: libraries such as OpenBLAS end theirs before a fork; those that
are there after it would be missing in a worker.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import tempfile
import threading
import warnings
from collections.abc import Callable
from typing import Any

from .loading import LoadError
from .probe_certificate import CERTIFICATE
from .problems import class_name, message_of

Verdict = dict[str, Any]


def probe(make_ready: Callable[[], None], milliseconds: int) -> Verdict:
    """`{"safe": True}`, or why not. Raises LoadError when the agent cannot be made ready."""
    if not hasattr(os, "fork") or sys.platform == "darwin":
        return _unsafe("this system does not fork safely")
    others = [thread.name for thread in threading.enumerate() if thread is not threading.main_thread()]
    if others:
        return _unsafe(f"the thread {others[0]} is alive after import")
    reading, writing = os.pipe()
    child = fork_quietly()
    if child == 0:
        _in_child(make_ready, writing)
    os.close(writing)
    native = _native_threads()
    try:
        said = _answer(reading, milliseconds)
    finally:
        os.close(reading)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if said is None:
        return _unsafe(f"a fork did not answer within {milliseconds / 1000:g} s")
    if not said:
        return _unsafe(f"a fork ended with status {os.waitstatus_to_exitcode(status)}")
    answer = json.loads(said)
    if "load" in answer:
        raise LoadError(**{name: value for name, value in answer["load"].items() if name != "code"})
    if "failed" in answer:
        return _unsafe(f"a fork failed: {answer['failed']}")
    return _unsafe(f"a native thread ({native[0]}) is alive after import") if native else {"safe": True}


def fork_quietly() -> int:
    """Python warns of any thread; whether one matters is what the probe finds out."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return os.fork()


def _unsafe(reason: str) -> Verdict:
    return {"safe": False, "reason": reason}


def _native_threads() -> list[str]:
    """Names of the threads beside this one, in the process that has just forked."""
    folder = "/proc/self/task"
    if not os.path.isdir(folder):
        return []
    names: list[str] = []
    for task in os.listdir(folder):
        if int(task) != threading.get_native_id():
            try:
                with open(f"{folder}/{task}/comm") as file:
                    names.append(file.read().strip())
            except OSError:
                continue  # it has just ended
    return names


def _answer(reading: int, milliseconds: int) -> bytes | None:
    waiting = select.poll()
    waiting.register(reading, select.POLLIN)
    if not waiting.poll(milliseconds):
        return None
    data = b""
    while part := os.read(reading, 65536):
        data += part
    return data


def _in_child(make_ready: Callable[[], None], writing: int) -> None:
    answer: dict[str, Any] = {}
    try:
        make_ready()
        shake_hands()
    except LoadError as error:
        answer = {"load": error.body}
    except BaseException as error:
        answer = {"failed": f"{class_name(error)}: {message_of(error)}"}
    os.write(writing, json.dumps(answer, default=str).encode())
    os._exit(0)  # nothing of the agent's runs in a probe that has answered


def shake_hands() -> None:
    """One TLS handshake with itself: what breaks first when a library did not expect to be forked."""
    try:
        import ssl
    except ImportError:
        return  # a Python without TLS cannot break it
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.NamedTemporaryFile("w", suffix=".pem") as file:
        file.write(CERTIFICATE)
        file.flush()
        server.load_cert_chain(file.name)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname, client.verify_mode = False, ssl.CERT_NONE
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [client.wrap_bio(to_client, to_server), server.wrap_bio(to_server, to_client, server_side=True)]
    for _ in range(6):
        waiting = []
        for end in ends:
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                waiting.append(end)
        ends = waiting
        if not ends:
            return
    raise RuntimeError("a TLS handshake did not end")
