"""What the page is shown: one entrypoint for each thing it has to cope with."""

import asyncio
import logging
from dataclasses import dataclass, field
from typing import Literal

HOSTILE = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script>"


@dataclass
class Address:
    street: str
    zip: str = ""


@dataclass
class Order:
    name: str
    amount: int
    price: float
    express: bool
    size: Literal["small", "large"]
    tags: list[str]
    address: Address
    note: str = ""
    extra: list[Address] = field(default_factory=list)


def order(order: Order):
    """Gives back what it got."""
    print("order taken")
    return {"got": order}


async def answer(messages: list, context):
    """A chat that remembers how often it was spoken to."""
    turns = context.session["turns"] = context.session.get("turns", 0) + 1
    said = messages[-1]["content"]
    for word in f"Turn {turns}: you said {said}. {len(messages)} messages came.".split(" "):
        yield word + " "
        await asyncio.sleep(0.01)


async def research(context, topic: str, pause: float = 0.05):
    """Reasons, uses tools, tells its progress, writes."""
    logging.getLogger("research").warning("looking for %s", topic)
    await context.emit("progress", {"part": 1})
    await asyncio.sleep(pause)
    for name in ("search", "read"):
        await context.step(name, asyncio.sleep(pause, result=name))
        await context.emit("progress", {"done": name})
    for word in f"What is known about {topic}: a good deal.".split(" "):
        yield word + " "
        await asyncio.sleep(pause / 5)


async def approve(context, amount: int):
    """Asks a person."""
    schema = {
        "type": "object",
        "required": ["approved"],
        "properties": {"approved": {"type": "boolean"}, "reason": {"type": "string"}},
    }
    answer = await context.interrupt(f"Pay {amount}?", schema)
    return {"amount": amount, "answer": answer}


def many(n: int = 10_000):
    """Many events."""
    for i in range(n):
        yield {"i": i, "text": HOSTILE} if i % 2 else f"{i} "


async def hostile(context):
    """Everything that it says is markup."""
    print(HOSTILE)
    await context.emit(HOSTILE, {HOSTILE: HOSTILE})
    yield HOSTILE
    yield {HOSTILE: HOSTILE}
    raise ValueError(HOSTILE)


async def slow():
    """Goes on until it is stopped."""
    for i in range(10_000):
        yield f"{i} "
        await asyncio.sleep(0.02)
