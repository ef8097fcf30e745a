"""LangGraph, as its users call it."""

MODULE = "app"


def given(text):
    return {"messages": [{"role": "user", "content": text}]}


async def run(app, text):
    return await app.ainvoke(given(text))


async def stream(app, text):
    async for _ in app.astream(given(text), stream_mode=["messages", "updates"]):
        pass
