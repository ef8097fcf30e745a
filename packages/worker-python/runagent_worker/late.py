"""Whoever sends what is late: frames that wait for the end of a tick of the loop which does not come."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import NoReturn

LATE_SECONDS = 0.005
"""So long a frame may wait for others."""


class Late:
    """A thread that is there from the first `watch` to `close`; both are called by who holds the lock."""

    def __init__(self, lock: threading.RLock, send: Callable[[], None]) -> None:
        self._lock = lock
        self._send = send
        self._gate: threading.Semaphore | None = None
        self.watching = False

    def watch(self) -> None:
        """`send` is called within `LATE_SECONDS`, with the lock held."""
        self.watching = True
        if self._gate is None:
            self._gate = threading.Semaphore(0)
            threading.Thread(target=self._work, args=(self._gate,), name="runagent-late", daemon=True).start()
        self._gate.release()

    def close(self) -> None:
        gate, self._gate, self.watching = self._gate, None, False
        if gate is not None:
            gate.release()

    def _work(self, gate: threading.Semaphore) -> None:
        while True:
            gate.acquire()
            time.sleep(LATE_SECONDS)
            with self._lock:
                if self._gate is not gate:
                    return
                self.watching = False
                self._send()


def send_before_exit(send: Callable[[], None]) -> None:
    """From now on `os._exit`, too, waits for what was yielded before it; not that of a child."""
    pid, leave = os.getpid(), os._exit

    def _exit(status: int) -> NoReturn:
        if os.getpid() == pid:
            send()
        leave(status)

    os._exit = _exit
