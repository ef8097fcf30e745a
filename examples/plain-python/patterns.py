"""The four types of entrypoints: one function each."""

import asyncio
from collections.abc import Iterator


def greet(name: str, times: int = 1) -> dict[str, object]:
    """A plain function: the keys of the body are its arguments."""
    print(f"greeting {name}")
    return {"greeting": " ".join([f"Hello {name}!"] * times)}


def count_down(start: int) -> Iterator[int]:
    """A generator: every item is sent when it is yielded."""
    yield from range(start, 0, -1)


async def add_slowly(a: float, b: float) -> float:
    """A coroutine: many of them share one process."""
    await asyncio.sleep(0.01)
    return a + b


def double_all(items: list[float]) -> list[object]:
    """A batch function: list in, list of the same length out. An error takes one place, not the batch."""
    return [ValueError(f"{item} is negative") if item < 0 else item * 2 for item in items]
