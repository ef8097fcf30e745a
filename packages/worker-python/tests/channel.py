"""The server's side of the worker protocol, small: a real Unix socket, a real worker process, frames in and out."""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).parent.parent
sys.path.insert(0, str(PACKAGE))

from runagent_worker import codec

SECONDS = 20.0
NAMES = {
    number: name.lower()
    for name, number in vars(codec).items()
    if name.isupper() and isinstance(number, int) and number < 100 and name != "PROTOCOL"
}
LIMITS = {
    "event": 1 << 20,
    "output": 8 << 20,
    "log_line": 64 << 10,
    "logs_per_run": 10 << 20,
    "channel_held": 16 << 20,
    "session_bytes": 1 << 20,
}


class Connection:
    """One worker's connection, as the server sees it."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.decoder = codec.FrameDecoder()
        self.frames: list[tuple[str, int, bytes]] = []
        self.logs: list[dict[str, Any]] = []

    def send(self, kind: int, call: int = 0, body: Any = b"") -> None:
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.sock.sendall(codec.encode_frame(kind, call, raw))

    def next(self) -> tuple[str, int, bytes]:
        """The next frame; EOFError when the worker has closed."""
        while not self.frames:
            self.sock.settimeout(SECONDS)
            data = self.sock.recv(1 << 20)
            if not data:
                raise EOFError
            self.frames += [(NAMES[kind], call, bytes(body)) for kind, call, body in self.decoder.push(data)]
        return self.frames.pop(0)

    def until(self, *kinds: str, call: int | None = None) -> tuple[str, int, bytes]:
        """Skips to a frame of these kinds; logs on the way are kept."""
        while True:
            frame = self.next()
            if frame[0] == "log":
                self.logs.append({**json.loads(frame[2]), "call": frame[1]})
            if frame[0] in kinds and call in (None, frame[1]):
                return frame

    def close(self) -> None:
        self.sock.close()


class Outcome:
    def __init__(self) -> None:
        self.kind = ""
        self.value: Any = None
        self.word = ""
        self.frames: list[tuple[str, Any]] = []

    def events(self, name: str = "chunk") -> list[Any]:
        return [value[1] for kind, value in self.frames if kind == "event" and value[0] == name]

    def logs(self) -> list[dict[str, Any]]:
        return [value for kind, value in self.frames if kind == "log"]

    def of(self, kind: str) -> list[Any]:
        return [value for found, value in self.frames if found == kind]


class Server:
    """Starts workers of one agent folder."""

    def __init__(self, folder: Path, entrypoints: list[dict[str, Any]] | str, **more: Any) -> None:
        self.python = more.pop("python", os.environ.get("WORKER_PYTHON", sys.executable))
        self.orphan = more.pop("orphan", 0)
        self.role = more.pop("role", "process")
        self.env = more.pop("env", {})
        self.flags = more.pop("flags", ["-B"])
        limits = {**LIMITS, **more.pop("limits", {})}
        if isinstance(entrypoints, str):
            entrypoints = [
                {"tag": name.replace(".", "_"), "file": "agent.py", "module": name} for name in entrypoints.split()
            ]
        self.spec = {
            "name": "a", "root": str(folder), "entrypoints": entrypoints, "lifespan": None, "concurrency": None,
            "secrets": [], "limits": limits, "stop_grace_ms": 2000, "probe_ms": 5000, **more,
        }  # fmt: skip
        self.path = str(folder / "s.sock")
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(self.path)
        self.listener.listen(16)
        self.calls = 0
        self.process: subprocess.Popen[bytes] | None = None
        self.connections: list[Connection] = []
        self.hello: dict[str, Any] = {}

    def start(self) -> Connection:
        env = {**os.environ, **self.env, "RUNAGENT_SOCKET": self.path, "RUNAGENT_WORKER": "w1", "RUNAGENT_TOKEN": "t0"}
        env |= {"RUNAGENT_ROLE": self.role, "RUNAGENT_ORPHAN_SECONDS": str(self.orphan)}
        command = [self.python, *self.flags, str(PACKAGE / "runagent_worker")]
        self.process = subprocess.Popen(command, env=env, start_new_session=True)
        return self.accept(agent=self.spec)

    def accept(self, **more: Any) -> Connection:
        self.listener.settimeout(SECONDS)
        connection = Connection(self.listener.accept()[0])
        self.connections.append(connection)
        kind, _, body = connection.next()
        assert kind == "hello"
        self.hello = json.loads(body)
        connection.send(codec.HELLO, 0, {"protocol": 1, "resume": [], **more})
        return connection

    def load(self) -> tuple[Connection, dict[str, Any]]:
        connection = self.start()
        kind, _, body = connection.until("describe", "error", call=0)
        return connection, {**json.loads(body), "kind": kind}

    def invoke(self, connection: Connection, tag: str, value: Any = None, **more: Any) -> int:
        self.calls += 1
        message = {
            "run_id": f"run_{self.calls}", "tag": tag, "attempt": 1, "stream": False, "durable": False,
            "deadline": int(time.time() * 1000) + 60_000, "session_id": None, "session": None, "user": None,
            "traceparent": None, **more, "input": {} if value is None else value,
        }  # fmt: skip
        connection.send(codec.INVOKE, self.calls, message)
        return self.calls

    def outcome(self, connection: Connection, call: int) -> Outcome:
        result = Outcome()
        while True:
            kind, found, body = connection.next()
            if found != call:
                if kind == "log":
                    connection.logs.append({**json.loads(body), "call": found})
                continue
            if kind in ("event", "result"):
                word, _, text = body.partition(b"\n")
                value: Any = (word.decode(), json.loads(text) if text else None)
                if kind == "result":
                    result.kind, result.word, result.value = kind, value[0], value[1]
                    return result
            else:
                value = json.loads(body)
            if kind in ("error", "interrupt"):
                result.kind, result.value = kind, value
                return result
            result.frames.append((kind, value))

    def run(self, connection: Connection, tag: str, value: Any = None, **more: Any) -> Outcome:
        return self.outcome(connection, self.invoke(connection, tag, value, **more))

    def exit_code(self) -> int:
        assert self.process is not None
        return self.process.wait(SECONDS)

    def close(self) -> None:
        for connection in self.connections:
            connection.close()
        self.listener.close()
        if self.process is not None:
            try:
                os.killpg(self.process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass  # it has ended by itself
            self.process.wait()


def readable(sock: socket.socket, seconds: float) -> bool:
    return bool(select.select([sock], [], [], seconds)[0])
