"""The vectors of leaving; NumPy, pandas and Pydantic with the real packages; properties of plain data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from channel import PACKAGE
from hypothesis import given
from hypothesis import strategies as st

from runagent_worker.leaving import encode
from runagent_worker.problems import Fault

VECTORS = json.loads((Path(PACKAGE).parent / "protocol" / "vectors" / "leaving.json").read_text())
PRELUDE = "import collections, dataclasses, datetime, decimal, enum, pathlib, uuid\n"


@pytest.mark.parametrize("case", [c for c in VECTORS["cases"] if "python" in c], ids=lambda case: case["python"])
def test_a_vector_leaves_as_written(case: dict[str, Any]) -> None:
    names: dict[str, Any] = {}
    exec(PRELUDE + case.get("setup", ""), names)
    value = eval(case["python"], names)
    notes: list[str] = []
    if "error" in case:
        with pytest.raises(Fault) as caught:
            encode(value, notes.append)
        assert caught.value.code == "OUTPUT_NOT_JSON"
        assert caught.value.body["errors"][0]["pointer"] == case["error"]
        return
    assert encode(value, notes.append).decode() == case["json"]
    assert len(notes) == case.get("notes", 0)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(plain)
def test_plain_data_comes_back_equal(value: Any) -> None:
    assert json.loads(encode(value, pytest.fail)) == value


@given(st.dictionaries(st.text() | st.integers() | st.booleans() | st.none(), st.integers()))
def test_no_two_keys_are_ever_written_alike(value: dict[Any, int]) -> None:
    def refuse_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len({key for key, _ in pairs}) == len(pairs)
        return dict(pairs)

    try:
        text = encode(value, pytest.fail)
    except Fault as fault:
        assert "two keys" in fault.detail
    else:
        json.loads(text, object_pairs_hook=refuse_doubles)


def left(value: Any) -> Any:
    return json.loads(encode(value, lambda _: None))


def test_numpy_arrays_and_scalars_leave_as_numbers() -> None:
    np = pytest.importorskip("numpy")
    assert left({"a": np.arange(3), "b": np.float32(0.5), "c": np.bool_(True)}) == {"a": [0, 1, 2], "b": 0.5, "c": True}
    assert left(np.array([[1.5, np.nan]])) == [[1.5, None]]
    assert left({np.int64(3): np.array("2026-01-01", dtype="datetime64[s]")}) == {"3": "2026-01-01T00:00:00"}
    with pytest.raises(Fault, match="/0"):
        left([np.array([1j])])


def test_data_frames_leave_as_records_and_series_as_lists() -> None:
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"n": [1, 2], "t": [pd.Timestamp("2026-01-01", tz="UTC"), pd.NaT], "s": ["a", None]})
    assert left(frame) == [
        {"n": 1, "t": "2026-01-01T00:00:00Z", "s": "a"},
        {"n": 2, "t": None, "s": None},
    ]
    assert left(pd.Series([1, 2])) == [1, 2]
    assert left(pd.NA) is None
    assert left([pd.Categorical(["a", None]), pd.Index([1]), pd.array([1, None])]) == [["a", None], [1], [1, None]]
    with pytest.raises(Fault):
        left(pd.DataFrame([[1, 2]], columns=["a", "a"]))


def test_pydantic_models_leave_by_alias_with_the_fields_of_subclasses() -> None:
    pydantic = pytest.importorskip("pydantic")
    base = pydantic.create_model("Base", a=(int, pydantic.Field(alias="A")))
    sub = pydantic.create_model("Sub", __base__=base, b=(int, 2))
    holder = pydantic.create_model("Holder", inner=(base, ...))
    assert left(holder(inner=sub(A=1))) == {"inner": {"A": 1, "b": 2}}


def test_pydantic_models_leave_bytes_and_complex_numbers_as_everything_does() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("M", b=(bytes, ...), any=(Any, None), at=(Any, None))
    assert left(model(b=b"hi", any=[b"\xff", {b"a"}], at=model(b=b""))) == {
        "b": "aGk=",
        "any": ["/w==", ["YQ=="]],
        "at": {"b": "", "any": None, "at": None},
    }
    with pytest.raises(Fault) as caught:
        left(model(b=b"", any=[1j]))
    assert caught.value.body["errors"][0]["pointer"] == "/any/0"


def test_langchain_messages_leave_as_objects() -> None:
    messages = pytest.importorskip("langchain_core.messages")
    found = left([messages.AIMessage("hi")])[0]
    assert (found["type"], found["content"]) == ("ai", "hi")
