"""Frames: the vectors, and any frame in any cutting."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from channel import NAMES, PACKAGE, codec
from hypothesis import given
from hypothesis import strategies as st

VECTORS = json.loads((Path(PACKAGE).parent / "protocol" / "vectors" / "frames.json").read_text())
KINDS = {name: number for number, name in NAMES.items()}


@pytest.mark.parametrize("case", VECTORS["frames"], ids=lambda case: case["kind"])
def test_a_vector_is_written_and_read_as_it_stands(case: dict[str, Any]) -> None:
    data = bytes.fromhex(case["hex"])
    body = case["body"].encode()
    assert codec.encode_frame(KINDS[case["kind"]], case["call"], body) == data
    assert codec.FrameDecoder().push(data) == [(KINDS[case["kind"]], case["call"], body)]


@pytest.mark.parametrize("case", VECTORS["broken"], ids=lambda case: case["why"])
def test_what_is_no_frame_is_refused(case: dict[str, Any]) -> None:
    with pytest.raises(codec.FrameError):
        codec.FrameDecoder().push(bytes.fromhex(case["hex"]))


frames = st.lists(st.tuples(st.integers(1, 17), st.integers(0, 2**32 - 1), st.binary(max_size=300)), max_size=8)


@given(frames, st.lists(st.integers(1, 50), min_size=1))
def test_any_frames_survive_any_cutting(sent: list[tuple[int, int, bytes]], cuts: list[int]) -> None:
    data = b"".join(codec.encode_frame(*frame) for frame in sent)
    decoder, got, at, turn = codec.FrameDecoder(), [], 0, 0
    while at < len(data):
        size = cuts[turn % len(cuts)]
        got += [(kind, call, bytes(body)) for kind, call, body in decoder.push(data[at : at + size])]
        at, turn = at + size, turn + 1
    assert got == sent
