"""Hears what CrewAI emits during one run: in order and in the run's own context where its version can; else from its
bus, whose handlers hear all of the process, in which one run goes on at a time.
"""

from __future__ import annotations

import contextlib
import importlib
from collections.abc import Callable, Generator
from typing import Any

Take = Callable[[Any, Any], None]
"""Who emitted, and what."""

_EVENTS = (
    "LLMStreamChunkEvent",
    "LLMCallCompletedEvent",
    "ToolUsageStartedEvent",
    "ToolUsageFinishedEvent",
    "ToolUsageErrorEvent",
    "TaskStartedEvent",
    "TaskCompletedEvent",
    "MethodExecutionStartedEvent",
    "MethodExecutionFinishedEvent",
)


@contextlib.contextmanager
def listening(take: Take) -> Generator[None, None, None]:
    try:
        sinks = importlib.import_module("crewai.events.stream_context")  # the agent's own
    except ImportError:
        with _from_bus(take):
            yield
        return
    token = sinks.add_stream_sink(take)
    try:
        yield
    finally:
        sinks.reset_stream_sinks(token)


@contextlib.contextmanager
def _from_bus(take: Take) -> Generator[None, None, None]:
    events = _events_module()
    bus = events.crewai_event_bus
    kinds = [getattr(events, name) for name in _EVENTS if hasattr(events, name)]
    for kind in kinds:
        bus.on(kind)(take)
    try:
        yield
        if hasattr(bus, "flush"):
            bus.flush()
    finally:
        for kind in kinds:
            _off(bus, kind, take)


def _events_module() -> Any:
    try:
        return importlib.import_module("crewai.events")
    except ImportError:  # its name before 0.177
        return importlib.import_module("crewai.utilities.events")


def _off(bus: Any, kind: Any, take: Take) -> None:
    if hasattr(bus, "off"):
        bus.off(kind, take)
    elif take in bus._handlers.get(kind, ()):
        bus._handlers[kind].remove(take)
