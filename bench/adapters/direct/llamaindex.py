"""A LlamaIndex agent, as its users call it."""

MODULE = "agent"


def given(text):
    return {"input": text}


async def run(agent, text):
    return await agent.run(user_msg=text)


async def stream(agent, text):
    handler = agent.run(user_msg=text)
    async for _ in handler.stream_events():
        pass
    await handler
