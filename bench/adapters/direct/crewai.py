"""A crew, as its users call it."""

import asyncio

MODULE = "crew"


def given(text):
    return {"city": "Lisbon"}


async def run(crew, text):
    return await asyncio.to_thread(crew.kickoff, inputs=given(text))
