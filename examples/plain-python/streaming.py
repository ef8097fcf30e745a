"""Streams: strings are text that a person reads, anything else is data."""

from collections.abc import AsyncIterator, Generator


async def words(text: str) -> AsyncIterator[str]:
    """Yields strings: readers get `text` events, who waits gets the strings together."""
    for word in text.split():
        yield word + " "


def steps(payload: dict[str, object]) -> Generator[dict[str, object], None, dict[str, object]]:
    """Yields objects, then returns a value: the value is the output of the run."""
    total = 0
    for number, key in enumerate(payload, start=1):
        total += len(key)
        yield {"step": number, "key": key}
    return {"steps": len(payload), "letters": total}
