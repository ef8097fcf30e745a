"""The template: imported once, forks workers when told to, reaps them and says so.

It runs no agent code after the import and has no thread, so it always answers: with it go its forks.
"""

from __future__ import annotations

import json
import mmap
import os
import select
import signal
import time

from . import codec
from .channel import Channel
from .forking import keep_to_itself
from .probe import fork_quietly
from .settings import Settings
from .worker import RECONNECT_SECONDS

REAP_SECONDS = 0.5
"""The longest that a reaped fork goes unreported if its signal is lost."""


class Template:
    def __init__(self, settings: Settings, channel: Channel, greet: bytes) -> None:
        self._settings = settings
        self._channel = channel
        self._greet = greet
        self._forks: dict[int, tuple[str, mmap.mmap]] = {}
        self._draining = False

    def run(self, frames: list[codec.Frame]) -> Settings | None:
        """In the template: None, when it is over. In a fork: the worker's settings."""
        keep_to_itself(True)  # what a run writes in here would be in every run after it
        waking, waker = os.pipe()
        os.set_blocking(waker, False)
        os.set_blocking(waking, False)
        before = signal.signal(signal.SIGCHLD, lambda number, frame: None)
        wakeup_before = signal.set_wakeup_fd(waker, warn_on_full_buffer=False)
        while True:
            for kind, _, body in frames:
                if kind == codec.SPAWN:
                    settings = self._spawn(json.loads(body))
                    if settings is not None:
                        keep_to_itself(False)
                        signal.set_wakeup_fd(wakeup_before)
                        signal.signal(signal.SIGCHLD, before)
                        os.close(waking)
                        os.close(waker)
                        return settings
                elif kind == codec.PING:
                    self._channel.send(codec.encode_frame(codec.PING, 0))
                elif kind == codec.DRAIN:
                    self._draining = True
            self._reap()
            if self._draining and not self._forks:
                return None
            received = self._receive(waking)
            if received is None:
                return None
            frames = received

    def _spawn(self, body: dict[str, str]) -> Settings | None:
        mark = mmap.mmap(-1, codec.CALL.size)
        try:
            pid = fork_quietly()
        except OSError as error:
            self._exited({"worker": body["worker"], "pid": 0, "code": error.errno or 1, "signal": None})
            return None
        if pid == 0:
            own = self._settings
            once = bool(body["once"])
            return Settings(own.socket, body["worker"], body["token"], "worker", own.orphan_seconds, once, mark)
        self._forks[pid] = body["worker"], mark
        return None

    def _reap(self) -> None:
        for pid in list(self._forks):
            try:
                found, status = os.waitpid(pid, os.WNOHANG)
            except ChildProcessError:
                found, status = pid, 0  # somebody else's wait took it: it is gone all the same
            if found:
                code = os.waitstatus_to_exitcode(status)
                name = signal.Signals(-code).name if code < 0 else None
                worker, mark = self._forks.pop(pid)
                (begun,) = codec.CALL.unpack(mark)
                mark.close()
                code = None if name else code
                self._exited({"worker": worker, "pid": pid, "code": code, "signal": name, "begun": begun})

    def _exited(self, body: dict[str, object]) -> None:
        self._channel.send(codec.encode_frame(codec.EXITED, 0, json.dumps(body).encode()))

    def _receive(self, waking: int) -> list[codec.Frame] | None:
        """Frames, or an empty list when a fork may have ended. None: the server is gone for good."""
        waiting = select.poll()
        waiting.register(self._channel.fileno(), select.POLLIN)
        waiting.register(waking, select.POLLIN)
        ready = dict(waiting.poll(REAP_SECONDS * 1000 if self._forks else None))
        if waking in ready:
            os.read(waking, 4096)
        if self._channel.fileno() not in ready:
            return []
        frames = self._channel.receive()
        return frames if frames is not None else self._reconnect()

    def _reconnect(self) -> list[codec.Frame] | None:
        end = time.monotonic() + self._settings.orphan_seconds
        while time.monotonic() < end:
            time.sleep(RECONNECT_SECONDS)
            self._reap()
            try:
                frames = self._channel.open(self._settings.socket, self._greet)[1]
            except (OSError, codec.FrameError):
                continue
            self._channel.speak()
            return frames
        return None
