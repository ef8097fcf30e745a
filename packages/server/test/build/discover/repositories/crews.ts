/** CrewAI's examples, and agents of AutoGen, smolagents and LlamaIndex. */
import { lines, type Repository } from "./repository.ts";

/** What `crewai create crew` makes: a class with decorated methods, and a program beside it. */
function crewBase(folder: string, name: string): Repository {
  const module = name.replace(/Crew$/, "").toLowerCase();
  return {
    source: `crewAIInc/crewAI-examples/crews/${folder}`,
    files: {
      [`src/${module}/crew.py`]: lines(
        "from crewai import Agent, Crew, Process, Task",
        "from crewai.project import CrewBase, agent, crew, task",
        "@CrewBase",
        `class ${name}:`,
        '    agents_config = "config/agents.yaml"',
        "    @agent",
        "    def writer(self) -> Agent:",
        '        return Agent(config=self.agents_config["writer"])',
        "    @crew",
        "    def crew(self) -> Crew:",
        "        return Crew(agents=self.agents, tasks=self.tasks, process=Process.sequential)",
      ),
      [`src/${module}/main.py`]: lines(
        `from ${module}.crew import ${name}`,
        "def run():",
        `    ${name}().crew().kickoff(inputs={})`,
        "def train():",
        `    ${name}().crew().train(n_iterations=1)`,
      ),
    },
    serves: [`src/${module}/crew.py:${name}.crew`],
    framework: "crewai",
  };
}

/** What `crewai create flow` makes: a flow whose steps start crews. */
function flow(folder: string, name: string): Repository {
  return {
    source: `crewAIInc/crewAI-examples/flows/${folder}`,
    files: {
      [`src/${folder}/crews/poem_crew/poem_crew.py`]: lines(
        "from crewai import Crew",
        "from crewai.project import CrewBase, crew",
        "@CrewBase",
        "class PoemCrew:",
        "    @crew",
        "    def crew(self) -> Crew:",
        "        return Crew(agents=self.agents, tasks=self.tasks)",
      ),
      [`src/${folder}/main.py`]: lines(
        "from crewai.flow.flow import Flow, listen, start",
        "from pydantic import BaseModel",
        `from ${folder}.crews.poem_crew.poem_crew import PoemCrew`,
        "class State(BaseModel):",
        "    poem: str = ''",
        `class ${name}(Flow[State]):`,
        "    @start()",
        "    def write(self):",
        "        self.state.poem = PoemCrew().crew().kickoff().raw",
        "def kickoff():",
        `    ${name}().kickoff()`,
        'if __name__ == "__main__":',
        "    kickoff()",
      ),
    },
    serves: [`src/${folder}/main.py:${name}`],
    framework: "crewai",
  };
}

export const CREWS: readonly Repository[] = [
  crewBase("game-builder-crew", "GameBuilderCrew"),
  crewBase("job-posting", "JobPostingCrew"),
  crewBase("markdown_validator", "MarkDownValidatorCrew"),
  crewBase("marketing_strategy", "MarketingPostsCrew"),
  crewBase("match_profile_to_positions", "MatchToProposalCrew"),
  crewBase("meta_quest_knowledge", "MetaQuestKnowledge"),
  crewBase("recruitment", "RecruitmentCrew"),
  crewBase("stock_analysis", "StockAnalysisCrew"),
  crewBase("surprise_trip", "SurpriseTravelCrew"),
  flow("email_auto_responder_flow", "EmailAutoResponderFlow"),
  flow("lead_score_flow", "LeadScoreFlow"),
  flow("meeting_assistant_flow", "MeetingFlow"),
  flow("self_evaluation_loop_flow", "ShakespeareXPostFlow"),
  flow("write_a_book_with_flows", "BookFlow"),
  {
    source: "crewAIInc/crewAI-examples/crews/prep-for-a-meeting",
    files: {
      "agents.py": lines(
        "from crewai import Agent",
        "class MeetingAgents:",
        "    def research_agent(self):",
        "        return Agent(role='researcher')",
      ),
      "main.py": lines(
        "from crewai import Crew",
        "from agents import MeetingAgents",
        "agents = MeetingAgents()",
        "researcher = agents.research_agent()",
        "crew = Crew(agents=[researcher], tasks=[])",
      ),
    },
    serves: ["main.py:crew"],
    framework: "crewai",
  },
  {
    source: "crewAIInc/crewAI-examples/crews/trip_planner",
    files: {
      "main.py": lines(
        "from crewai import Crew",
        "class TripCrew:",
        "    def __init__(self, origin, cities):",
        "        self.origin = origin",
        "    def run(self):",
        "        crew = Crew(agents=[], tasks=[])",
        "        return crew.kickoff()",
        'if __name__ == "__main__":',
        '    TripCrew("here", "there").run()',
      ),
    },
    serves: [],
    framework: null,
    says: "`TripCrew` of main.py:2 needs `origin`, `cities` to be made",
  },
  {
    source: "crewAIInc/crewAI-examples/integrations/CrewAI-LangGraph",
    files: {
      "main.py": lines("from src.graph import WorkFlow", "app = WorkFlow().app"),
      "src/graph.py": lines(
        "from langgraph.graph import StateGraph",
        "class WorkFlow():",
        "    def __init__(self):",
        "        workflow = StateGraph(dict)",
        "        self.app = workflow.compile()",
      ),
    },
    serves: ["main.py:app"],
    framework: "langgraph",
  },
  {
    source: "microsoft/autogen/python/samples/agentchat_fastapi",
    files: {
      "app_agent.py": lines(
        "from autogen_agentchat.agents import AssistantAgent",
        "from fastapi import FastAPI",
        "app = FastAPI()",
        "async def get_agent() -> AssistantAgent:",
        "    agent = AssistantAgent(name='assistant', model_client=None)",
        "    return agent",
        '@app.post("/chat")',
        "async def chat(request):",
        "    agent = await get_agent()",
        "    return await agent.on_messages(request)",
      ),
    },
    serves: ["app_agent.py:get_agent"],
    framework: "autogen",
  },
  {
    source: "microsoft/autogen/python/samples/agentchat_chess_game",
    files: {
      "main.py": lines(
        "from autogen_agentchat.agents import AssistantAgent",
        "def create_ai_player(model_client) -> AssistantAgent:",
        "    return AssistantAgent(name='player', model_client=model_client)",
        "async def main(human: bool = False) -> None:",
        "    player = create_ai_player(None)",
        "    await player.run(task='move')",
      ),
    },
    serves: ["main.py:main"],
    framework: "autogen",
  },
  {
    source: "huggingface/smolagents/examples/server",
    files: {
      "main.py": lines(
        "from smolagents import CodeAgent, InferenceClientModel, MCPClient",
        "from starlette.applications import Starlette",
        "mcp_client = MCPClient(server_parameters={})",
        "agent = CodeAgent(model=InferenceClientModel(), tools=mcp_client.get_tools())",
        "async def chat(request):",
        "    return agent.run('hi')",
        "app = Starlette(routes=[])",
      ),
    },
    serves: ["main.py:agent"],
    framework: "smolagents",
  },
  {
    source: "huggingface/smolagents/examples/inspect_multiagent_run.py",
    files: {
      "inspect_multiagent_run.py": lines(
        "from smolagents import CodeAgent, InferenceClientModel, ToolCallingAgent",
        "model = InferenceClientModel()",
        "search_agent = ToolCallingAgent(tools=[], model=model, name='search_agent')",
        "manager_agent = CodeAgent(tools=[], model=model, managed_agents=[search_agent])",
      ),
    },
    serves: ["inspect_multiagent_run.py:manager_agent"],
    framework: "smolagents",
  },
  {
    source: "huggingface/smolagents/examples/async_agent",
    files: {
      "main.py": lines(
        "from smolagents import CodeAgent, InferenceClientModel",
        "def get_agent():",
        "    return CodeAgent(model=InferenceClientModel(), tools=[])",
        "async def run_agent_in_thread(task: str):",
        "    agent = get_agent()",
        "    return agent.run(task)",
      ),
    },
    serves: ["main.py:get_agent"],
    framework: "smolagents",
  },
  {
    source: "run-llama/workflows-py/examples/docker",
    files: {
      "app.py": lines(
        "from llama_agents.server import WorkflowServer",
        "from workflows import Workflow, step",
        "from workflows.events import StartEvent, StopEvent",
        "class GreetingWorkflow(Workflow):",
        "    @step",
        "    async def greet(self, ev: StartEvent) -> StopEvent:",
        "        return StopEvent(result='hello')",
        "server = WorkflowServer()",
        'server.add_workflow("greeting", GreetingWorkflow())',
      ),
    },
    serves: ["app.py:GreetingWorkflow"],
    framework: "llamaindex",
  },
  {
    source: "run-llama/workflows-py/examples/k8s-otel",
    files: {
      "app.py": lines(
        "from workflows import Workflow",
        "class CounterWorkflow(Workflow):",
        "    ...",
        "class GreeterWorkflow(Workflow):",
        "    ...",
      ),
    },
    serves: ["app.py:CounterWorkflow", "app.py:GreeterWorkflow"],
    framework: "llamaindex",
  },
];
