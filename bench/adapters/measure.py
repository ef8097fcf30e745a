"""What an adapter adds to a framework that is called directly, in one process, with the example's scripted model.

`python measure.py FRAMEWORK EXAMPLE_FOLDER PAIRS WORDS` prints one JSON object: milliseconds of a run and microseconds
of a chunk, directly and added: processor time of the process, which a busy machine does not change. Each pair is measured
in turns; what is printed is the median of the pairs.
"""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import logging
import os
import sys
import time
from collections.abc import Awaitable, Callable
from statistics import median
from types import SimpleNamespace
from typing import Any

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [os.path.join(HERE, "../../packages/worker-python"), HERE]

from runagent_worker.adapters import Around, recognise  # noqa: E402  the path above comes first
from runagent_worker.context import RunContext  # noqa: E402  the path above comes first
from runagent_worker.resolve import resolve  # noqa: E402  the path above comes first
from runagent_worker.run import Run  # noqa: E402  the path above comes first

QUESTION = "How is the weather in Lisbon?"
Once = Callable[[], Awaitable[Any]]


class Nowhere:
    """The worker's wire without a server: a run's frames are made and dropped."""

    pending = 0
    texts = 0

    def send(self, frame: bytes, soon: bool = False) -> None: ...

    def log(self, run: Any, record: Any) -> None: ...

    def stream(self, frame: bytes) -> None:
        self.texts += b"text\n" in frame[:32]

    def relieve(self, bound: int, seconds: float) -> bool:
        return True


LIMITS = SimpleNamespace(event=1 << 30, output=1 << 30, channel_held=1 << 30, session_bytes=1 << 30)
WIRE = Nowhere()


def adapted(module: Any, direct: Any) -> tuple[Callable[[bool], Awaitable[Any]], bool]:
    """The call as a worker makes it; whether it may stand on the loop."""
    spec = {"file": "agent.py", "module": direct.MODULE, "tag": "chat"}
    found = recognise(resolve(module, direct.MODULE, "agent.py"), spec, Around(module, print))
    call = found.make()

    async def once(stream: bool) -> Any:
        run = Run(1, message(direct.given(QUESTION), stream), WIRE, LIMITS)
        run.loop_thread = found.on_loop
        context = RunContext(run, {}, print)
        if not found.on_loop:
            return await asyncio.to_thread(call, run.message["input"], context)
        value = call(run.message["input"], context)
        return await value if inspect.isawaitable(value) else value

    return once, found.on_loop


def message(value: Any, stream: bool) -> dict[str, Any]:
    ids = {"run_id": f"run_{time.perf_counter_ns()}", "session_id": None, "user": None, "attempt": 1}
    return {**ids, "durable": False, "stream": stream, "session": None, "input": value, "deadline": 1 << 42}


async def added(pairs: int, directly: Once, ours: Once) -> tuple[float, float]:
    """Processor seconds of a direct call, and what ours takes more; medians of pairs, each in both orders."""
    alone: list[float] = []
    more: list[float] = []
    for index in range(-2, pairs):
        first, second = (directly, ours) if index % 2 else (ours, directly)
        times = {id(one): await timed(one) for one in (first, second)}
        if index >= 0:
            alone.append(times[id(directly)])
            more.append(times[id(ours)] - times[id(directly)])
    return median(alone), median(more)


async def timed(once: Once) -> float:
    began = time.process_time()
    await once()
    return time.process_time() - began


async def measure(name: str, pairs: int, words: int) -> dict[str, Any]:
    module = importlib.import_module("agent")
    direct = importlib.import_module(f"direct.{name.replace('-', '_')}")
    found = getattr(module, direct.MODULE)
    ours, _ = adapted(module, direct)
    run, more = await added(pairs, lambda: direct.run(found, QUESTION), lambda: ours(False))
    result: dict[str, Any] = {"run_ms": run * 1e3, "added_ms": more * 1e3, "chunk_us": None, "added_chunk_us": None}
    if not hasattr(direct, "stream"):
        return result
    both = [lambda: direct.stream(found, QUESTION), lambda: ours(True)]
    short, short_more = await added(pairs, *both)
    few = await texts_of(both[1])
    lengthen = getattr(direct, "lengthen", None)
    if lengthen is not None:
        lengthen(words)
    else:
        module.WEATHER["lisbon"] = " ".join(["word"] * words)  # what the tool says, the model says
    long, long_more = await added(max(9, pairs // 4), *both)
    chunks = await texts_of(both[1]) - few
    result["chunk_us"] = (long - short) / chunks * 1e6
    result["added_chunk_us"] = (long_more - short_more) / chunks * 1e6
    return result


async def texts_of(once: Once) -> int:
    WIRE.texts = 0
    await once()
    return WIRE.texts


def main() -> None:
    name, folder, pairs, words = sys.argv[1:]
    os.chdir(folder)
    sys.path.insert(0, folder)
    logging.disable(logging.CRITICAL)
    printed, sys.stdout = sys.stdout, sys.stderr  # frameworks talk
    result = asyncio.run(measure(name, int(pairs), int(words)))
    print(json.dumps(result), file=printed)


if __name__ == "__main__":
    main()
