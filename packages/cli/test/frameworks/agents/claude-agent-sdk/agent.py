"""Functions around the Claude Agent SDK's `query` as its users write them, with the Claude Code that the SDK brings."""

import dataclasses
from pathlib import Path

from claude_agent_sdk import ClaudeAgentOptions, HookMatcher, ResultMessage, create_sdk_mcp_server, query, tool


@tool("get_weather", "The weather in a city, now.", {"city": str})
async def get_weather(args):
    city = args["city"]
    if city == "Nowhere":
        raise ValueError("no such place")
    text = "sun " * 500_000 if city == "Everywhere" else f"sun, 19 °C in {city}"
    return {"content": [{"type": "text", "text": text}]}


options = ClaudeAgentOptions(
    mcp_servers={"weather": create_sdk_mcp_server("weather", tools=[get_weather])},
    allowed_tools=["mcp__weather__get_weather"],
)


async def ask(prompt: str) -> str:
    """The result's text."""
    async for message in query(prompt=prompt, options=options):
        assert type(message).__name__ != "StreamEvent", "was not asked for"
        if isinstance(message, ResultMessage):
            if message.is_error:
                raise RuntimeError(message.result)
            return message.result
    raise RuntimeError("no result")


async def messages(prompt: str):
    """Every message as it comes."""
    async for message in query(prompt=prompt, options=options):
        yield message


async def transcript(prompt: str) -> dict[str, object]:
    """Where Claude Code writes the conversation, and what it could read there while it was asked."""
    found: dict[str, object] = {}

    async def look(asked, _id, _context):
        found["path"] = asked["transcript_path"]
        found["remembers"] = Path(asked["transcript_path"]).exists()
        return {}

    watched = dataclasses.replace(options, hooks={"UserPromptSubmit": [HookMatcher(hooks=[look])]})
    async for _message in query(prompt=prompt, options=watched):
        pass
    return found
