"""Agno, as its users call it."""

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    return await agent.arun(text)


async def stream(agent, text):
    async for _ in agent.arun(text, stream=True, stream_events=True):
        pass
