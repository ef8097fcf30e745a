"""One entrypoint: what is said about it at load, and how it is called in a worker (frameworks.md §1, §2)."""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from .adapters.port import Adapted
from .binding import Binding, Contradiction, choose_binding
from .context import RunContext
from .loading import LoadError
from .resolve import Instances, Target, line_of
from .run import Run
from .schema import output_schema
from .signature import Signature, needed_only, read_signature, underlying

COROUTINE_SLOTS = 10
"""Runs of coroutines that one process takes at a time; a plain function: one."""

ContextOf = Callable[[Run], RunContext]


@dataclass
class Ready:
    """In one worker: what `calling` needs."""

    kind: str
    on_loop: bool
    call: Callable[[Run], Any]
    slots: int
    own_turn: bool
    """Each run has a thread to itself, whose runs come one after the other."""


@dataclass
class Entrypoint:
    description: dict[str, Any]
    on_loop: bool
    make: Callable[[Instances, ContextOf], Callable[[Run], Any]]
    close: Callable[[], Awaitable[None]] | None = None

    def ready(self, instances: Instances, context_of: ContextOf) -> Ready:
        call = self.make(instances, context_of)
        return Ready(self.description["type"], self.on_loop, call, self.description["slots"], not self.on_loop)


def describe_entrypoint(
    spec: dict[str, Any], target: Target, adapter: Adapted | None, agent: dict[str, Any]
) -> Entrypoint:
    """Raises LoadError."""
    found = _of_object(spec, adapter) if adapter is not None else _of_function(spec, target)
    if agent["concurrency"] is not None:
        found.description["slots"] = agent["concurrency"]
    if adapter is None and not found.on_loop and found.description["slots"] == 1:
        found.description["serial"] = True
    return found


def _of_object(spec: dict[str, Any], adapter: Adapted) -> Entrypoint:
    described = {
        "tag": spec["tag"],
        "type": spec.get("type") or adapter.kind,
        "input": adapter.shape,
        "input_schema": adapter.input_schema,
        "output_schema": adapter.output_schema,
        "streams": adapter.streams,
        "slots": COROUTINE_SLOTS if adapter.on_loop else 1,
        "adapter": adapter.name,
        "description": adapter.description,
    }

    def make(instances: Instances, context_of: ContextOf) -> Callable[[Run], Any]:
        call = adapter.make()
        return lambda run: call(run.message["input"], context_of(run))

    return Entrypoint(described, adapter.on_loop, make, adapter.close)


def _of_function(spec: dict[str, Any], target: Target) -> Entrypoint:
    function = target.value
    if not callable(function):
        kind = type(function).__name__
        hint = "Name a function, a method, or an agent object of a known framework."
        raise LoadError(f"{spec['file']}: {spec['module']} is a {kind} and cannot be called", hint=hint)
    signature = _signature(spec, target)
    kind = spec.get("type") or _inferred(function, spec["tag"])
    try:
        binding = choose_binding(signature, kind, spec.get("input"))
    except Contradiction as error:
        place = f"{spec['file']}{line_of(underlying(function))}"
        said = f" ({spec['place']})" if spec.get("place") else ""
        raise LoadError(f"{place}: {spec['module']}: {error}{said}") from error
    on_loop = kind == "async" or _is_async(function)
    described = {
        "tag": spec["tag"],
        "type": kind,
        "input": binding.shape,
        "input_schema": binding.schema,
        "output_schema": output_schema(signature.returns) if kind in ("generic", "async") else {},
        "streams": kind == "generic_stream" or signature.takes_stream,
        "slots": COROUTINE_SLOTS if on_loop else 1,
        "adapter": "none",
        "description": _first_line(function),
    }
    return Entrypoint(described, on_loop, functools.partial(_caller, target, signature, binding))


def _signature(spec: dict[str, Any], target: Target) -> Signature:
    method = target.owner is not None and inspect.isfunction(underlying(target.value))
    try:
        found = read_signature(target.value, of_class=method)
    except (ValueError, TypeError) as error:
        hint = 'Say how it takes its input: "input": "object", in a function of your own around it.'
        raise LoadError(f"{spec['file']}: the parameters of {spec['module']} cannot be read", hint=hint) from error
    return needed_only(found) if target.closed else found


def _caller(
    target: Target, signature: Signature, binding: Binding, instances: Instances, context_of: ContextOf
) -> Callable[[Run], Any]:
    """Binds and calls: the hot path, so each case has its own closure."""
    function = target.callable_in(instances)
    bind, context, takes_stream = binding.bind, signature.context, signature.takes_stream
    if context is None and not takes_stream:

        def call(run: Run) -> Any:
            positional, named = bind(run.message["input"])
            return function(*positional, **named)

        return call

    def call_with_more(run: Run) -> Any:
        positional, named = bind(run.message["input"])
        if takes_stream and run.message["stream"]:
            named.setdefault("stream", True)
        if context is not None:
            if context.kind is inspect.Parameter.POSITIONAL_ONLY:
                positional.insert(signature.context_at, context_of(run))
            else:
                named[context.name] = context_of(run)
        return function(*positional, **named)

    return call_with_more


def _inferred(function: Any, tag: str) -> str:
    inner = underlying(function)
    if inspect.isgeneratorfunction(inner) or inspect.isasyncgenfunction(inner) or tag.endswith("_stream"):
        return "generic_stream"
    return "async" if inspect.iscoroutinefunction(inner) else "generic"


def _is_async(function: Any) -> bool:
    """Also when a decorator says so and the function inside is plain, or the other way round."""
    while isinstance(function, functools.partial):
        function = function.func
    outer = function if inspect.isroutine(function) else getattr(function, "__call__", function)  # noqa: B004  the method itself is wanted
    return inspect.iscoroutinefunction(outer) or inspect.isasyncgenfunction(outer)


def _first_line(function: Any) -> str | None:
    text = inspect.getdoc(function) if inspect.isroutine(function) else inspect.getdoc(underlying(function))
    line = os.linesep.join((text or "").strip().splitlines()[:1])
    return line or None
