"""What an adapter gives for a recognised object. Each adapter is one module with `VERBS` and `adapt`.

`VERBS`: the names of the object's methods that are called the same way; the first stands for the object itself, should
it have to be called plainly. `NEEDS` (may be left out): attributes without which an object only looks like one.
`HELPERS` (may be left out): qualified names of the framework's functions and classes that run an agent and are none
→ what to name instead. `ON_LOOP = False` (may be left out): its calls are plain functions (`threaded.py`).
`CONFIG_KEYS = True` (may be left out): it takes `config_keys` (`configurable.py`).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

Call = Callable[[Any, Any], Any]
"""The caller's input and the run's context → a value, an awaitable or an iterator, as of any function."""


@dataclass
class Adapted:
    name: str
    make: Callable[[], Call]
    """Called once in each worker."""
    kind: str = "async"
    shape: str = "object"
    input_schema: Any = field(default_factory=dict)
    output_schema: Any = field(default_factory=dict)
    streams: bool = True
    on_loop: bool = True
    description: str | None = None
    notes: tuple[str, ...] = ()
    """What its user must know, said once at the start; each goes on after the object's name."""
    close: Callable[[], Awaitable[None]] | None = None
    """Leaves what `make` entered, when the worker drains."""


class Unfit(Exception):
    """`adapt` raises it: why this object cannot be called as its framework's. It is called as a plain callable."""


class Drained:
    """The value of a call whose items were sent as events: the answer of a stream, not a plain one."""

    def __init__(self, value: Any) -> None:
        self.value = value
