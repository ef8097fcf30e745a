"""Frames as bytes (docs/reference/worker-protocol.md). Knows no socket (W1).

frame = u32 length of what follows | u8 kind | u32 call | body, big endian.
"""

from __future__ import annotations

import struct

HELLO = 1
DESCRIBE = 2
INVOKE = 3
EVENT = 4
LOG = 5
RESULT = 6
ERROR = 7
CANCEL = 8
ACK = 9
DRAIN = 10
PING = 11
STATE = 12
SPAWN = 13
EXITED = 14
HOST = 15
STEP = 16
INTERRUPT = 17

PROTOCOL = 1
MAX_FRAME = 32 * 1024 * 1024
HEAD = struct.Struct(">IBI")
CALL = struct.Struct(">I")
_LENGTH = struct.Struct(">I")

Frame = tuple[int, int, bytes]
"""Kind, call, body."""


class FrameError(Exception):
    """What came is no frame of this protocol; the channel cannot go on."""


def encode_frame(kind: int, call: int, body: bytes = b"") -> bytes:
    return HEAD.pack(len(body) + 5, kind, call) + body


class FrameDecoder:
    """Takes bytes in any cutting, gives whole frames."""

    def __init__(self, max_bytes: int = MAX_FRAME) -> None:
        self._max = max_bytes
        self._rest: bytes | bytearray = b""

    def push(self, data: bytes) -> list[Frame]:
        if self._rest:
            data = self._joined(data)
            if not data:
                return []
        frames: list[Frame] = []
        at, end, unpack = 0, len(data), HEAD.unpack_from
        while end - at >= 9:
            length, kind, call = unpack(data, at)
            stop = at + 4 + self._checked(length)
            if stop > end:
                break
            if not HELLO <= kind <= INTERRUPT:
                raise FrameError(f"a frame of the unknown kind {kind}")
            frames.append((kind, call, data[at + 9 : stop]))
            at = stop
        if at < end:
            self._rest = bytearray(data[at:] if at else data)
            if end - at >= 4:
                self._checked(_LENGTH.unpack_from(data, at)[0])
        return frames

    def _joined(self, data: bytes) -> bytes:
        """What is there, if a frame can be complete; a large frame is not joined again for each piece."""
        rest = self._rest
        assert isinstance(rest, bytearray)
        rest += data
        if len(rest) < 9 or len(rest) < 4 + self._checked(_LENGTH.unpack_from(rest, 0)[0]):
            return b""
        self._rest = b""
        return bytes(rest)

    def _checked(self, length: int) -> int:
        if 5 <= length <= self._max:
            return length
        raise FrameError(f"a frame of {length} bytes; at most {self._max}")
