"""Google ADK, as its users call it: one runner, a session for each run."""

from google.adk.agents.run_config import RunConfig, StreamingMode
from google.adk.runners import InMemoryRunner
from google.genai import types

MODULE = "root_agent"
RUNNERS = {}


def given(text):
    return {"input": text}


async def run(agent, text, config=None):
    if not RUNNERS:
        RUNNERS[0] = InMemoryRunner(agent=agent, app_name=agent.name)
    runner = RUNNERS[0]
    session = await runner.session_service.create_session(app_name=agent.name, user_id="user")
    message = types.Content(role="user", parts=[types.Part(text=text)])
    stream = runner.run_async(user_id="user", session_id=session.id, new_message=message, run_config=config)
    async for _ in stream:
        pass


async def stream(agent, text):
    await run(agent, text, RunConfig(streaming_mode=StreamingMode.SSE))
