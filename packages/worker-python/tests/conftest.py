from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from channel import Connection, Server

Start = Callable[..., tuple[Server, Connection]]


@pytest.fixture
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("agent")


@pytest.fixture
def serve(folder: Path) -> Iterator[Callable[..., Server]]:
    """A server for the code of `agent.py`; everything it started ends with the test."""
    servers: list[Server] = []

    def make(code: str, entrypoints: Any, **more: Any) -> Server:
        (folder / "agent.py").write_text(textwrap.dedent(code))
        servers.append(Server(folder, entrypoints, **more))
        return servers[-1]

    yield make
    for server in servers:
        server.close()


@pytest.fixture
def start(serve: Callable[..., Server]) -> Start:
    """The same, loaded, with a connection to its worker."""

    def begin(code: str, entrypoints: Any, **more: Any) -> tuple[Server, Connection]:
        server = serve(code, entrypoints, **more)
        connection, described = server.load()
        assert described["kind"] == "describe", described
        return server, connection

    return begin
