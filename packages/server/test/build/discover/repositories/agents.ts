/** Examples of OpenAI Agents, Pydantic AI, Agno, Google ADK and the Claude Agent SDK. */
import { lines, type Repository } from "./repository.ts";

export const AGENTS: readonly Repository[] = [
  {
    source: "openai/openai-agents-python/examples/basic/hello_world.py",
    files: {
      "hello_world.py": lines(
        "import asyncio",
        "from agents import Agent, Runner",
        "async def main():",
        '    agent = Agent(name="Assistant", instructions="You only respond in haikus.")',
        '    result = await Runner.run(agent, "Tell me about recursion.")',
        "    print(result.final_output)",
        'if __name__ == "__main__":',
        "    asyncio.run(main())",
      ),
    },
    serves: ["hello_world.py:main"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-agents-python/examples/customer_service",
    files: {
      "main.py": lines(
        "from agents import Agent, Runner, handoff",
        'faq_agent = Agent[dict](name="FAQ Agent")',
        'seat_booking_agent = Agent[dict](name="Seat Booking Agent")',
        'triage_agent = Agent[dict](name="Triage Agent", handoffs=[faq_agent, handoff(agent=seat_booking_agent)])',
        "faq_agent.handoffs.append(triage_agent)",
        "seat_booking_agent.handoffs.append(triage_agent)",
        "async def main():",
        "    await Runner.run(triage_agent, input())",
      ),
    },
    serves: ["main.py:triage_agent"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-cs-agents-demo",
    files: {
      "python-backend/requirements.txt": "openai-agents\n",
      "python-backend/airline/__init__.py": "",
      "python-backend/airline/agents.py": lines(
        "from agents import Agent, handoff",
        'faq_agent = Agent[dict](name="FAQ Agent", handoffs=[])',
        'triage_agent = Agent[dict](name="Triage Agent", handoffs=[])',
        "triage_agent.handoffs = [handoff(agent=faq_agent)]",
        "faq_agent.handoffs.append(triage_agent)",
      ),
      "python-backend/main.py": lines(
        "from fastapi import FastAPI",
        "from airline.agents import triage_agent",
        "app = FastAPI()",
      ),
      "ui/app/page.tsx": "export default function Home() { return <main />; }\n",
    },
    serves: ["python-backend/airline/agents.py:triage_agent"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-agents-python/examples/agent_patterns/agents_as_tools.py",
    files: {
      "agents_as_tools.py": lines(
        "from agents import Agent, Runner",
        'spanish_agent = Agent(name="spanish_agent")',
        'orchestrator_agent = Agent(name="orchestrator_agent", tools=[spanish_agent.as_tool(tool_name="t", tool_description="d")])',
        'synthesizer_agent = Agent(name="synthesizer_agent")',
      ),
    },
    serves: ["agents_as_tools.py:orchestrator_agent", "agents_as_tools.py:synthesizer_agent"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-agents-python/examples/voice/static",
    files: {
      "main.py": lines(
        "from agents import Agent",
        "from agents.extensions.handoff_prompt import prompt_with_handoff_instructions",
        'spanish_agent = Agent(name="Spanish")',
        'agent = Agent(name="Assistant", handoffs=[spanish_agent])',
      ),
    },
    serves: ["main.py:agent"],
    framework: "openai-agents",
  },
  {
    source: "pydantic/pydantic-ai/examples/pydantic_ai_examples/bank_support.py",
    files: {
      "bank_support.py": lines(
        "from dataclasses import dataclass",
        "from pydantic_ai import Agent, RunContext",
        "@dataclass",
        "class SupportDependencies:",
        "    customer_id: int",
        'support_agent = Agent("openai:gpt-5", deps_type=SupportDependencies)',
        "@support_agent.tool",
        "async def customer_balance(ctx: RunContext[SupportDependencies]) -> str:",
        '    return "1"',
      ),
    },
    serves: ["bank_support.py:support_agent"],
    framework: "pydantic-ai",
  },
  {
    source: "pydantic/pydantic-ai/examples/pydantic_ai_examples/flight_booking.py",
    files: {
      "flight_booking.py": lines(
        "from pydantic_ai import Agent",
        'search_agent = Agent[None, str]("openai:gpt-5")',
        'extraction_agent = Agent("openai:gpt-5")',
        "@search_agent.tool",
        "async def extract_flights(ctx):",
        "    return await extraction_agent.run('x')",
      ),
    },
    serves: ["flight_booking.py:search_agent", "flight_booking.py:extraction_agent"],
    framework: "pydantic-ai",
  },
  {
    source: "pydantic/pydantic-ai/examples/pydantic_ai_examples/slack_lead_qualifier",
    files: {
      "agent.py": lines(
        "from pydantic_ai import Agent",
        'agent = Agent("openai:gpt-5")',
        "async def analyze_profile(profile: str):",
        "    return (await agent.run(profile)).output",
      ),
      "app.py": lines("from fastapi import FastAPI", "from .agent import analyze_profile", "app = FastAPI()"),
    },
    serves: ["agent.py:agent"],
    framework: "pydantic-ai",
  },
  {
    source: "agno-agi/agent-api",
    files: {
      "agents/web_agent.py": lines(
        "from agno.agent import Agent",
        "def get_web_agent(user_id: str | None = None, debug_mode: bool = True):",
        '    return Agent(name="Web Search Agent")',
      ),
      "agents/__init__.py": "",
      "api/routes/playground.py": lines(
        "from agno.playground import Playground",
        "from agents.web_agent import get_web_agent",
        "web_agent = get_web_agent(debug_mode=True)",
        "playground = Playground(agents=[web_agent])",
      ),
    },
    serves: ["api/routes/playground.py:web_agent"],
    framework: "agno",
  },
  {
    source: "agno-agi/agno/cookbook/03_teams/01_quickstart",
    files: {
      "01_basic_coordination.py": lines(
        "from agno.agent import Agent",
        "from agno.models.openai import OpenAIResponses",
        "from agno.team import Team",
        'planner = Agent(name="Planner", model=OpenAIResponses(id="gpt-5"))',
        'writer = Agent(name="Writer")',
        'team = Team(name="Planning Team", members=[planner, writer])',
        'if __name__ == "__main__":',
        '    team.print_response("Plan a trip", stream=True)',
      ),
    },
    serves: ["01_basic_coordination.py:team"],
    framework: "agno",
  },
  {
    source: "agno-agi/agno/cookbook/frameworks/00_quickstart: two frameworks in one folder",
    files: {
      "agno_agent.py": lines("from agno.agent import Agent", 'agent = Agent(name="Agno")'),
      "langgraph_agent.py": lines(
        "from langgraph.graph import StateGraph",
        "graph = StateGraph(dict)",
        "compiled = graph.compile()",
      ),
    },
    serves: ["agno_agent.py:agent", "langgraph_agent.py:compiled"],
    framework: "agno",
  },
  {
    source: "google/adk-samples/python/agents/RAG",
    files: {
      "rag/__init__.py": "from . import agent\n",
      "rag/agent.py": lines(
        "from google.adk.agents import Agent",
        'root_agent = Agent(model="gemini-2.5-flash", name="rag")',
      ),
    },
    serves: ["rag/agent.py:root_agent"],
    framework: "google-adk",
  },
  {
    source: "google/adk-samples/python/agents/academic-research",
    files: {
      "academic_research/__init__.py": "from . import agent\n",
      "academic_research/agent.py": lines(
        "from google.adk.agents import LlmAgent",
        "from google.adk.tools.agent_tool import AgentTool",
        "from . import prompt",
        "from .sub_agents.newresearch import newresearch_agent",
        'coordinator = LlmAgent(name="coordinator", tools=[AgentTool(agent=newresearch_agent)])',
        "root_agent = coordinator",
      ),
      "academic_research/prompt.py": 'PROMPT = "…"\n',
      "academic_research/sub_agents/newresearch/__init__.py": "from .agent import newresearch_agent\n",
      "academic_research/sub_agents/newresearch/agent.py": lines(
        "from google.adk import Agent",
        'newresearch_agent = Agent(model="gemini-2.5-pro", name="newresearch")',
      ),
    },
    serves: ["academic_research/agent.py:root_agent"],
    framework: "google-adk",
  },
  {
    source: "google/adk-samples/python/agents/data-science",
    files: {
      "data_science/agent.py": lines(
        "from google.adk.agents import Agent",
        "from .sub_agents import bqml_agent",
        'root_agent = Agent(name="root", sub_agents=[bqml_agent])',
      ),
      "data_science/sub_agents/__init__.py": "from .bqml.agent import root_agent as bqml_agent\n",
      "data_science/sub_agents/bqml/agent.py": lines(
        "from google.adk.agents import Agent",
        'root_agent = Agent(name="bqml")',
      ),
    },
    serves: ["data_science/agent.py:root_agent"],
    framework: "google-adk",
  },
  {
    source: "anthropics/claude-agent-sdk-demos/research-agent",
    files: {
      "research_agent/agent.py": lines(
        "from claude_agent_sdk import ClaudeAgentOptions, ClaudeSDKClient",
        "def load_prompt(filename: str) -> str:",
        "    return filename",
        "async def chat():",
        "    async with ClaudeSDKClient(options=ClaudeAgentOptions()) as client:",
        "        await client.query(prompt=input())",
      ),
    },
    serves: ["research_agent/agent.py:chat"],
    framework: "claude-agent-sdk",
  },
];
