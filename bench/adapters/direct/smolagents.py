"""smolagents, as its users call it; its text does not come in pieces."""

import asyncio

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    return await asyncio.to_thread(agent.run, text)
