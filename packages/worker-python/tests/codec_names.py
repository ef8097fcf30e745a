"""The worker's own frame numbers, for tests."""

from __future__ import annotations

from channel import codec

INVOKE = codec.INVOKE
CANCEL = codec.CANCEL
ACK = codec.ACK
DRAIN = codec.DRAIN
PING = codec.PING
SPAWN = codec.SPAWN
