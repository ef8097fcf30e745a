"""AutoGen AgentChat, as its users call it: an agent remembers, so it is reset before each task."""

from autogen_core import CancellationToken

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    await agent.on_reset(CancellationToken())
    return await agent.run(task=text)


async def stream(agent, text):
    await agent.on_reset(CancellationToken())
    async for _ in agent.run_stream(task=text):
        pass
