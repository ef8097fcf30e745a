"""What a fork must not share with its template, and who ends with whom."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import stat
import sys

_PR_SET_PDEATHSIG = 1
_PR_SET_DUMPABLE = 4


_MARK = "_RUNAGENT_SANDBOX"
"""`OWNER.SANDBOX.WORKER.`, by which the driver finds what a worker started."""


def separate(worker: str) -> None:
    """In the fork: a session of its own, connections of the template become dead ends, random numbers its own."""
    os.setsid()
    if _MARK in os.environ:
        sandbox = os.environ[_MARK].rstrip(".").rpartition(".")[0]
        os.environ[_MARK] = f"{sandbox}.{worker}."
    _cut_connections()
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed()  # Python's own generator does it by itself


def _cut_connections() -> None:
    """The numbers stay taken: an object that still knows one must not close what would take its place."""
    dead, other = socket.socketpair()
    other.close()
    for fd in _open_sockets():
        if fd != dead.fileno() and _is_connection(fd):
            os.dup2(dead.fileno(), fd)
    dead.close()


def _open_sockets() -> list[int]:
    folder = "/proc/self/fd" if os.path.isdir("/proc/self/fd") else "/dev/fd"
    found: list[int] = []
    for name in os.listdir(folder):
        with contextlib.suppress(OSError):  # the folder's own descriptor is gone by now
            if stat.S_ISSOCK(os.fstat(int(name)).st_mode):
                found.append(int(name))
    return found


def _is_connection(fd: int) -> bool:
    """Not the nameless pair by which a loop wakes itself: that never leaves the process."""
    with contextlib.suppress(OSError), socket.socket(fileno=os.dup(fd)) as one:
        if one.family != socket.AF_UNIX:
            return True
        with contextlib.suppress(OSError):
            if one.getpeername():
                return True
        return bool(one.getsockname())
    return True


def die_with_parent(on: bool) -> None:
    """Linux: the kernel kills this process when its parent ends. Elsewhere the closed channel has to do."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL if on else 0)  # a Python without ctypes: the closed channel has to do


def keep_to_itself(on: bool) -> None:
    """In a container: nobody of the same user reads or writes this process's memory and descriptors.

    Elsewhere the driver, which has no more rights than we, must find the mark in its environment.
    """
    if _MARK not in os.environ:
        _prctl(_PR_SET_DUMPABLE, 0 if on else 1)


def _prctl(option: int, value: int) -> None:
    if not sys.platform.startswith("linux"):
        return
    with contextlib.suppress(ImportError, OSError, AttributeError):
        import ctypes

        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


def kill_group(leader: int) -> None:
    """The end of an orphan: its whole group with it, if `leader` leads one."""
    if os.getpgrp() == leader:
        os.killpg(leader, signal.SIGKILL)
