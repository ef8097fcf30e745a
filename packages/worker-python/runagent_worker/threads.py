"""Threads for plain functions: off the loop, as many as there are runs at once, used again."""

from __future__ import annotations

import asyncio
import queue
import threading
from collections.abc import Callable
from typing import Any

Job = Callable[[], None]


class Threads:
    """At most `most`: jobs beyond wait, first come, first served."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._jobs: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._open = 0
        self._all: list[threading.Thread] = []
        self._lock = threading.Lock()

    def submit(self, job: Job) -> None:
        """`job` does not raise."""
        with self._lock:
            self._open += 1
            if len(self._all) < min(self._open, self._most):
                thread = threading.Thread(target=self._work, name="runagent-run", daemon=True)
                self._all.append(thread)
                thread.start()
        self._jobs.put(job)

    def close(self) -> None:
        """Threads end when their function has; they are daemons: nobody waits for one that does not."""
        for _ in self._all:
            self._jobs.put(None)
        self._all.clear()

    def _work(self) -> None:
        # `asyncio.get_event_loop().run_until_complete(…)` stands in many tutorials; it works where a loop is set
        asyncio.set_event_loop(asyncio.new_event_loop())
        while True:
            job = self._jobs.get()
            if job is None:
                return
            job()
            del job
            with self._lock:
                self._open -= 1


def in_own_thread(function: Callable[[], Any]) -> Any:
    """An awaitable of what `function` does in a thread of its own."""
    return asyncio.get_running_loop().run_in_executor(None, function)
