"""Arguments and results of tools, as they stand in events."""

from __future__ import annotations

import json
from typing import Any

from ..leaving import encode
from ..problems import Fault


def parsed_arguments(arguments: Any) -> Any:
    """As the model wrote them: JSON text, or what is no JSON; or read already."""
    if not isinstance(arguments, str):
        return {} if arguments is None else arguments
    try:
        return json.loads(arguments) if arguments else {}
    except ValueError:
        return arguments


def plain_result(value: Any) -> Any:
    """A tool may return any object: the model is told its text."""
    if value is None or isinstance(value, str):
        return value
    try:
        encode(value, lambda _: None)
        return value
    except Fault:
        return str(value)
