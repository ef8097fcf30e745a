"""The no-op function, as a coroutine and plain, and a stream."""


async def echo(payload):
    return payload


def echo_plain(payload):
    return payload


async def stream(count: int):
    for number in range(count):
        yield number


async def hold(seconds: float):
    """A stream that stays open without a chunk."""
    import asyncio

    await asyncio.sleep(seconds)
    yield "end"
