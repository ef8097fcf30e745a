"""A function around the Claude Agent SDK's `query`, with a tool of its own."""

from claude_agent_sdk import ClaudeAgentOptions, create_sdk_mcp_server, query, tool

from model import ScriptedTransport

WEATHER = {"berlin": "rain, 8 °C", "lisbon": "sun, 19 °C"}


@tool("get_weather", "The weather in a city, now.", {"city": str})
async def get_weather(args):
    return {"content": [{"type": "text", "text": WEATHER.get(args["city"].lower(), "unknown")}]}


options = ClaudeAgentOptions(
    system_prompt="Say how the weather is.",
    mcp_servers={"weather": create_sdk_mcp_server("weather", tools=[get_weather])},
    allowed_tools=["mcp__weather__get_weather"],
)


async def ask(prompt: str):
    """Hands on what Claude says."""
    # A real model, one line: without `transport=…` it is Claude Code, with your key or login
    async for message in query(prompt=prompt, options=options, transport=ScriptedTransport()):
        yield message
