"""Pydantic AI, as its users call it."""

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    return await agent.run(text)


async def stream(agent, text):
    async def take(_context, events):
        async for _ in events:
            pass

    await agent.run(text, event_stream_handler=take)
