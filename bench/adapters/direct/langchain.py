"""A LangChain chain, as its users call it; its agents are LangGraph's graphs."""

import model

MODULE = "chain"


def given(text):
    return {"weather": text}


def lengthen(words):
    model.to_pack = lambda _: " ".join(["word"] * words)


async def run(chain, text):
    return await chain.ainvoke(given(text))


async def stream(chain, text):
    async for _ in chain.astream(given(text)):
        pass
