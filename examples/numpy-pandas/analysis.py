"""Results as NumPy and pandas make them: nothing is converted by hand."""

from collections.abc import Iterator

import numpy as np
import pandas as pd


def statistics(numbers: list[float]) -> dict[str, object]:
    """Scalars and arrays; the deviation of one number is NaN, which leaves as null."""
    array = np.array(numbers)
    deviation = array.std(ddof=1) if len(array) > 1 else np.float64("nan")
    return {"mean": array.mean(), "deviation": deviation, "largest": np.int64(array.max()), "sorted": np.sort(array)}


def table(records: list[dict[str, object]]) -> pd.DataFrame:
    """A data frame leaves as a list of records; what is missing as null."""
    frame = pd.DataFrame(records)
    frame["at"] = pd.to_datetime(frame["at"], utc=True)
    return frame.sort_values("at")


def series(count: int) -> pd.Series:
    """A series leaves as a list."""
    return pd.Series(np.arange(count) ** 2)


def rows(count: int) -> Iterator[np.ndarray]:
    """Every array is one chunk."""
    yield from np.eye(count, dtype=int)
