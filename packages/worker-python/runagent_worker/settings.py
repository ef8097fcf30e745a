"""What the driver says through the environment. Read once; the agent's code does not find it there afterwards."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import Any

from . import codec

NAMES = ("RUNAGENT_SOCKET", "RUNAGENT_WORKER", "RUNAGENT_TOKEN", "RUNAGENT_ROLE", "RUNAGENT_ORPHAN_SECONDS")


@dataclass(frozen=True)
class Settings:
    socket: str
    worker: str
    token: str
    role: str
    """`template`, `process`, or `worker` (a fork of the template)."""
    orphan_seconds: float
    """How long to look for a server after the channel closed; 0: end at once."""
    once: bool = False
    mark: Any = field(default_factory=lambda: bytearray(codec.CALL.size))
    """For the number of the call that began last; of a fork: its template sees it too."""


def take_settings() -> Settings:
    """Reads the settings and removes them, so that agent code and its children do not inherit the token."""
    socket, worker, token, role, orphan = (os.environ.pop(name, "") for name in NAMES)
    return Settings(socket, worker, token, role or "process", float(orphan or 0))
