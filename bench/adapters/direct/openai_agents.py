"""The OpenAI Agents SDK, as its users call it."""

from agents import Runner

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    return await Runner.run(agent, text)


async def stream(agent, text):
    async for _ in Runner.run_streamed(agent, text).stream_events():
        pass
