"""Claude Code without a network: it calls the weather tool for the last word, then says what the tool answered.

It speaks the lines that the SDK and Claude Code exchange.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

from claude_agent_sdk import Transport

SESSION = "00000000-0000-4000-8000-000000000001"
HELLO = {"protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": {"name": "scripted", "version": "1"}}
TOOL = "mcp__weather__get_weather"


class ScriptedTransport(Transport):
    async def connect(self) -> None:
        self._lines: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()

    async def write(self, data: str) -> None:
        line = json.loads(data)
        if line["type"] == "control_request":
            response = {"subtype": "success", "request_id": line["request_id"], "response": {}}
            self._say("control_response", response=response)
        elif line["type"] == "user":
            self._call_tool(line["message"]["content"])
        elif line["type"] == "control_response":
            self._go_on(line["response"]["response"]["mcp_response"]["result"])

    def read_messages(self) -> AsyncIterator[dict[str, Any]]:
        return self._read()

    async def close(self) -> None:
        self._lines.put_nowait(None)

    async def end_input(self) -> None:
        pass

    def is_ready(self) -> bool:
        return True

    async def _read(self) -> AsyncIterator[dict[str, Any]]:
        while (line := await self._lines.get()) is not None:
            yield line

    def _call_tool(self, prompt: str) -> None:
        city = prompt.rstrip("?.! ").rsplit(" ", 1)[-1]
        self._message("assistant", {"type": "tool_use", "id": "call_1", "name": TOOL, "input": {"city": city}})
        self._calls = [
            {"id": 1, "method": "initialize", "params": HELLO},
            {"method": "notifications/initialized"},
            {"id": 2, "method": "tools/call", "params": {"name": "get_weather", "arguments": {"city": city}}},
        ]
        self._go_on({})

    def _go_on(self, result: dict[str, Any]) -> None:
        """The tool's server is called message by message."""
        if not self._calls:
            return self._answer(result["content"][0]["text"])
        message = {"jsonrpc": "2.0", **self._calls.pop(0)}
        request = {"subtype": "mcp_message", "server_name": "weather", "message": message}
        self._say("control_request", request_id=f"mcp_{len(self._calls)}", request=request)

    def _answer(self, weather: str) -> None:
        text = f"The weather is: {weather}."
        self._message("user", {"type": "tool_result", "tool_use_id": "call_1", "content": weather})
        self._message("assistant", {"type": "text", "text": text})
        numbers = {"duration_ms": 1, "duration_api_ms": 1, "num_turns": 2, "total_cost_usd": 0.0}
        usage = {"input_tokens": 7, "output_tokens": 5}
        self._say("result", subtype="success", is_error=False, session_id=SESSION, result=text, usage=usage, **numbers)
        self._lines.put_nowait(None)

    def _message(self, role: str, block: dict[str, Any]) -> None:
        self._say(role, message={"role": role, "model": "scripted", "content": [block]}, session_id=SESSION)

    def _say(self, kind: str, **line: Any) -> None:
        self._lines.put_nowait({"type": kind, **line})
