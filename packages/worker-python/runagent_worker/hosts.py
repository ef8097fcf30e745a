"""Every outgoing host that the agent contacts is remembered: its name where there was one, once per process."""

from __future__ import annotations

import ipaddress
import socket
import sys
from collections.abc import Callable
from typing import Any

MOST = 500
"""Hosts that a process reports."""

Seen = Callable[[str, int], None]


class Hosts:
    def __init__(self) -> None:
        self.report: Seen = lambda host, port: None
        self._seen: set[tuple[str, int]] = set()
        self._names: dict[str, str] = {}
        self._busy = False

    def install(self) -> None:
        """Cannot be undone: Python keeps audit hooks."""
        sys.addaudithook(self._hook)
        self._learn_addresses()

    def _hook(self, event: str, args: tuple[Any, ...]) -> None:
        if event == "socket.connect":
            self._guarded(self._connecting, args)
        elif event == "socket.getaddrinfo":
            self._guarded(self._asking, args)

    def _guarded(self, see: Callable[..., None], args: tuple[Any, ...]) -> None:
        if self._busy:
            return
        self._busy = True
        try:
            see(*args[:2])
        except Exception:  # an odd address must not break the agent's call: it is not remembered, no more
            return
        finally:
            self._busy = False

    def _asking(self, host: Any, port: Any) -> None:
        name = host.decode() if isinstance(host, bytes) else host
        if isinstance(name, str) and _address(name) is None:
            self._see(name.lower().rstrip("."), _port(port))

    def _connecting(self, connection: socket.socket, address: Any) -> None:
        if connection.family not in (socket.AF_INET, socket.AF_INET6) or not connection.type & socket.SOCK_STREAM:
            return
        host, port = str(address[0]), int(address[1])
        where = _address(host)
        if where is not None and not (where.is_loopback or where.is_unspecified):
            self._see(self._names.get(host, host), port)

    def _see(self, host: str, port: int) -> None:
        if not host or not port or host == "localhost" or host.endswith(".localhost") or (host, port) in self._seen:
            return
        if len(self._seen) >= MOST:
            return
        self._seen.add((host, port))
        self.report(host, port)

    def _learn_addresses(self) -> None:
        """The connection that follows a look-up is reported under the name that was looked up."""
        look_up = socket.getaddrinfo

        def getaddrinfo(host: Any, *args: Any, **options: Any) -> Any:
            found = look_up(host, *args, **options)
            if isinstance(host, str) and _address(host) is None:
                if len(self._names) > 10 * MOST:
                    self._names.clear()
                for one in found:
                    self._names[str(one[4][0])] = host.lower().rstrip(".")
            return found

        getaddrinfo.__doc__, getaddrinfo.__wrapped__ = look_up.__doc__, look_up  # type: ignore[attr-defined]  as functools.wraps does
        socket.getaddrinfo = getaddrinfo


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return None


def _port(port: Any) -> int:
    if isinstance(port, int):
        return port
    text = port.decode() if isinstance(port, bytes) else port
    return int(text) if text and text.isdigit() else {"http": 80, "https": 443}.get(text or "", 0)
