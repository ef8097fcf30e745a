"""How a worker that has ended leaves its channel."""

from __future__ import annotations

import codec_names as codec
import pytest
from conftest import Start


def test_a_worker_closes_its_channel_after_the_server_does(start: Start) -> None:
    """A server that still writes must not lose for it what it has not read yet."""
    server, connection = start("def it(): return 1", "it")
    server.run(connection, "it")
    connection.send(codec.DRAIN)
    with pytest.raises(EOFError):
        connection.until("never")
    connection.send(codec.PING)
    connection.close()
    assert server.exit_code() == 0
