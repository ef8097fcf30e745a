"""Hears what CrewAI emits during one run, in order: in the run's own context where its version can; else at its bus,
which is that of the whole process, in which one run goes on at a time.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator
from typing import Any

Take = Callable[[Any, Any], None]
"""Who emitted, and what."""


@contextlib.contextmanager
def listening(take: Take) -> Generator[None, None, None]:
    try:
        sinks = importlib.import_module("crewai.events.stream_context")  # the agent's own
    except ImportError:
        with _at_bus(take):
            yield
        return
    token = sinks.add_stream_sink(take)
    try:
        yield
    finally:
        sinks.reset_stream_sinks(token)


@contextlib.contextmanager
def _at_bus(take: Take) -> Generator[None, None, None]:
    """Before its handlers, which some versions call in any order and after the run."""
    bus = importlib.import_module("crewai.events").crewai_event_bus
    emit = bus.emit

    def heard(source: Any, event: Any) -> Any:
        take(source, event)
        return emit(source, event)

    bus.emit = heard
    try:
        yield
    finally:
        bus.emit = emit
