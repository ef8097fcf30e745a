"""A loaded agent: its entrypoints described (once, before forking) and made ready in each worker (after it)."""

from __future__ import annotations

import asyncio
import inspect
import os
import sys
import time
from collections.abc import Callable
from typing import Any

from .adapters import Around, recognise
from .adapters.port import Adapted
from .entrypoint import ContextOf, Entrypoint, Ready, describe_entrypoint
from .loading import Loader, LoadError
from .problems import pointed
from .resolve import Instances, resolve
from .saves import tell_saves_apart

Spec = dict[str, Any]


class Agent:
    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self.entrypoints: dict[str, Entrypoint] = {}
        self.lifespan: Callable[..., Any] | None = None
        self.loader = Loader(spec["root"])
        self.notes: list[str] = []
        self.import_ms = 0

    def load(self) -> None:
        """Imports and describes everything; all that is broken is reported together. Raises LoadError."""
        started = time.monotonic()
        root = self.spec["root"]
        try:
            os.chdir(root)
        except OSError as error:
            raise LoadError(f"{root}: {error.strerror}") from error
        tell_saves_apart(root)
        broken: list[tuple[str, LoadError]] = []
        for index, spec in enumerate(self.spec["entrypoints"]):
            try:
                self.entrypoints[spec["tag"]] = self._entrypoint(spec)
            except LoadError as error:
                broken.append((f"/agent_architecture/entrypoints/{index}", error))
        try:
            self.lifespan = self._lifespan()
        except LoadError as error:
            broken.append(("/lifespan", error))
        self.import_ms = round((time.monotonic() - started) * 1000)
        if broken:
            raise self._all_of(broken)

    def description(self, fork: dict[str, Any] | None) -> dict[str, Any]:
        return {
            "entrypoints": [one.description for one in self.entrypoints.values()],
            "files": self.loader.files(),
            "fork": fork,
            "notes": self.notes,
            "import_ms": self.import_ms,
        }

    def ready(self, context_of: ContextOf) -> dict[str, Ready]:
        """Makes instances of classes, once per worker. Raises LoadError."""
        instances = Instances()
        return {tag: one.ready(instances, context_of) for tag, one in self.entrypoints.items()}

    async def close(self) -> None:
        """What entrypoints hold open in this worker is left."""
        for one in self.entrypoints.values():
            try:
                if one.close is not None:
                    await one.close()
            except Exception as error:  # the others are left too
                print(f"leaving the agent: {type(error).__name__}: {error}", file=sys.stderr)

    def _entrypoint(self, spec: Spec) -> Entrypoint:
        module = self.loader.load(spec["file"])
        target = resolve(module, spec["module"], spec["file"])
        found = recognise(target, spec, Around(module, self.notes.append))
        adapter, target = (found, target) if isinstance(found, Adapted) else (None, found)
        if adapter is None and "type" not in spec and spec["tag"].endswith("_stream"):
            self.notes.append(f"{spec['tag']}: taken as a stream, because its tag ends in `_stream`")
        return describe_entrypoint(spec, target, adapter, self.spec)

    def _lifespan(self) -> Callable[..., Any] | None:
        named = self.spec["lifespan"]
        if named is None:
            return None
        file, _, name = named.rpartition(":")
        if not file or not name:
            raise LoadError(f"lifespan: expected `file.py:name`, found {named!r}")
        found = resolve(self.loader.load(file), name, file).value
        if not callable(found):
            raise LoadError(f"lifespan: {named} cannot be called", hint="Name an async context manager function.")
        return found

    def _all_of(self, broken: list[tuple[str, LoadError]]) -> LoadError:
        """One error for all; the same broken file is said once."""
        different = list({error.detail: error for _, error in broken}.values())
        first = different[0].body
        files = self.loader.files(different)
        missing = sorted({path for error in different for path in error.body.get("missing", ())})
        more = {name: first[name] for name in ("type", "hint") if name in first}
        tracebacks = [error.body["traceback"] for error in different if "traceback" in error.body]
        return LoadError(
            "\n".join(error.detail for error in different),
            errors=[pointed(pointer, error.detail) for pointer, error in broken],
            traceback="\n\n".join(tracebacks),
            files=files,
            missing=missing,
            **more,
        )


class Lifespan:
    """The agent's async context manager, in a task of its own from its start to its end."""

    def __init__(self, function: Callable[..., Any]) -> None:
        self._function = function
        self._leave = asyncio.Event()
        self._entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._task = asyncio.create_task(self._live())

    async def entered(self) -> None:
        """Raises what the agent's code raised."""
        await self._entered

    async def close(self) -> None:
        self._leave.set()
        await asyncio.wait([self._task])
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            print(f"lifespan: {type(error).__name__}: {error}", file=sys.stderr)

    async def _live(self) -> None:
        try:
            async with self._manager():
                self._entered.set_result(None)
                await self._leave.wait()
        except BaseException as error:
            if self._entered.done():
                raise
            self._entered.set_exception(error if isinstance(error, Exception) else RuntimeError(repr(error)))

    def _manager(self) -> Any:
        """Functions in the manner of web frameworks take an application; there is none."""
        parameters = inspect.signature(self._function).parameters.values()
        needed = [
            p for p in parameters if p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
        return self._function(*[None for _ in needed])
