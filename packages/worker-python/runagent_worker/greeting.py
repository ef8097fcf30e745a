"""The worker's hello (W2): who it is and what it still holds."""

from __future__ import annotations

import json
import os
import platform
from typing import Any

from . import codec
from .settings import Settings


def hello_frame(settings: Settings, role: str, held: list[dict[str, Any]]) -> bytes:
    body = {
        "protocol": codec.PROTOCOL,
        "role": role,
        "worker": settings.worker,
        "token": settings.token,
        "pid": os.getpid(),
        "language": "python",
        "runtime": platform.python_version(),
        "held": held,
    }
    return codec.encode_frame(codec.HELLO, 0, json.dumps(body).encode())
