/** LangGraph's own templates and examples, in Python and TypeScript. */
import { lines, type Repository } from "./repository.ts";

const BUILDER = lines(
  "from langgraph.graph import StateGraph",
  "builder = StateGraph(dict)",
  'builder.add_node("call_model", lambda state: state)',
  'builder.add_edge("__start__", "call_model")',
  'graph = builder.compile(name="Agent")',
);
const CHAIN = lines(
  "from langgraph.graph import StateGraph",
  "",
  "async def call_model(state, runtime):",
  "    return state",
  "",
  "graph = (",
  "    StateGraph(dict, context_schema=dict)",
  "    .add_node(call_model)",
  '    .add_edge("__start__", "call_model")',
  '    .compile(name="New Graph")',
  ")",
);
const SCRIPT = lines(
  'import { StateGraph, MessagesAnnotation } from "@langchain/langgraph";',
  "const workflow = new StateGraph(MessagesAnnotation)",
  '  .addNode("callModel", async (state) => state)',
  '  .addEdge("__start__", "callModel");',
  "export const graph = workflow.compile({ interruptBefore: [] });",
);
const SWARM = lines(
  "from langchain.agents import create_agent",
  "from langgraph_swarm import create_handoff_tool, create_swarm",
  'to_planner = create_handoff_tool(agent_name="planner_agent")',
  'planner_agent = create_agent("openai:gpt-5", tools=[])',
  'researcher_agent = create_agent("openai:gpt-5", tools=[to_planner])',
  "agent_swarm = create_swarm([planner_agent, researcher_agent], default_active_agent='planner_agent')",
  "app = agent_swarm.compile()",
);
const graphs = (all: Readonly<Record<string, string>>): string => JSON.stringify({ dependencies: ["."], graphs: all });

export const LANGGRAPH: readonly Repository[] = [
  {
    source: "langchain-ai/react-agent",
    files: {
      "langgraph.json": graphs({ agent: "./src/react_agent/graph.py:graph" }),
      "src/react_agent/__init__.py": "from react_agent.graph import graph\n",
      "src/react_agent/graph.py": BUILDER,
      "tests/unit_tests/test_configuration.py": BUILDER,
    },
    serves: ["src/react_agent/graph.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/new-langgraph-project",
    files: { "langgraph.json": graphs({ agent: "./src/agent/graph.py:graph" }), "src/agent/graph.py": CHAIN },
    serves: ["src/agent/graph.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/memory-agent",
    files: {
      "langgraph.json": graphs({ agent: "./src/memory_agent/graph.py:graph" }),
      "src/memory_agent/graph.py": BUILDER,
    },
    serves: ["src/memory_agent/graph.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/data-enrichment",
    files: {
      "langgraph.json": graphs({ agent: "./src/enrichment_agent/graph.py:graph" }),
      "src/enrichment_agent/graph.py": BUILDER.replace("builder", "workflow"),
    },
    serves: ["src/enrichment_agent/graph.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/retrieval-agent-template",
    files: {
      "langgraph.json": graphs({
        indexer: "./src/retrieval_graph/index_graph.py:graph",
        retrieval_graph: "./src/retrieval_graph/graph.py:graph",
      }),
      "src/retrieval_graph/graph.py": BUILDER,
      "src/retrieval_graph/index_graph.py": BUILDER,
    },
    serves: ["src/retrieval_graph/index_graph.py:graph=indexer", "src/retrieval_graph/graph.py:graph=retrieval_graph"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/rag-research-agent-template",
    files: {
      "langgraph.json": graphs({
        indexer: "./src/index_graph/graph.py:graph",
        retrieval_graph: "./src/retrieval_graph/graph.py:graph",
      }),
      "src/index_graph/graph.py": BUILDER,
      "src/retrieval_graph/graph.py": BUILDER,
    },
    serves: ["src/index_graph/graph.py:graph=indexer", "src/retrieval_graph/graph.py:graph=retrieval_graph"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/rag-research-agent-template, without its langgraph.json: a graph inside a graph is a part",
    files: {
      "src/retrieval_graph/researcher_graph/graph.py": BUILDER,
      "src/retrieval_graph/graph.py": lines(
        "from langgraph.graph import StateGraph",
        "from retrieval_graph.researcher_graph.graph import graph as researcher_graph",
        "async def conduct_research(state):",
        "    return await researcher_graph.ainvoke(state)",
        "builder = StateGraph(dict)",
        "builder.add_node(conduct_research)",
        "graph = builder.compile()",
      ),
    },
    serves: ["src/retrieval_graph/graph.py:graph"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/executive-ai-assistant",
    files: {
      "langgraph.json": graphs({
        main: "./eaia/main/graph.py:graph",
        cron: "./eaia/cron_graph.py:graph",
        general: "./eaia/reflection_graphs.py:general_reflection_graph",
      }),
      "eaia/main/graph.py": BUILDER,
      "eaia/cron_graph.py": BUILDER,
      "eaia/reflection_graphs.py": BUILDER.replace("graph =", "general_reflection_graph ="),
    },
    serves: [
      "eaia/main/graph.py:graph=main",
      "eaia/cron_graph.py:graph=cron",
      "eaia/reflection_graphs.py:general_reflection_graph=general",
    ],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/open_deep_research",
    files: {
      "langgraph.json": graphs({ "Deep Researcher": "./src/open_deep_research/deep_researcher.py:deep_researcher" }),
      "src/open_deep_research/deep_researcher.py": BUILDER.replace("graph =", "deep_researcher ="),
      "src/legacy/graph.py": BUILDER,
    },
    serves: ["src/open_deep_research/deep_researcher.py:deep_researcher=Deep_Researcher"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/langgraph-example",
    files: {
      "langgraph.json": graphs({ agent: "./my_agent/agent.py:graph" }),
      "my_agent/agent.py": lines(
        "from langgraph.graph import StateGraph, END",
        "from my_agent.utils.nodes import call_model",
        "workflow = StateGraph(dict)",
        'workflow.add_node("agent", call_model)',
        "graph = workflow.compile()",
      ),
      "my_agent/utils/nodes.py": "def call_model(state, config):\n    return state\n",
    },
    serves: ["my_agent/agent.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/langgraph-swarm-py/examples/research",
    files: { "langgraph.json": graphs({ agent: "./src/agent/agent.py:app" }), "src/agent/agent.py": SWARM },
    serves: ["src/agent/agent.py:app=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/langgraph-swarm-py/examples/customer_support, without its langgraph.json",
    files: { "src/agent/customer_support.py": SWARM },
    serves: ["src/agent/customer_support.py:app"],
    framework: "langgraph",
  },
  {
    source: "google-gemini/gemini-fullstack-langgraph-quickstart",
    files: {
      "backend/langgraph.json": graphs({ agent: "./src/agent/graph.py:graph" }),
      "backend/pyproject.toml": "[project]\nname = 'agent'\n",
      "backend/src/agent/graph.py": BUILDER,
      "backend/src/agent/app.py": "from fastapi import FastAPI\napp = FastAPI()\n",
      "frontend/src/App.tsx": "export default function App() { return <main />; }\n",
    },
    serves: ["backend/src/agent/graph.py:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/new-langgraphjs-project",
    files: {
      "langgraph.json": JSON.stringify({
        node_version: "20",
        graphs: { agent: "./src/agent/graph.ts:graph" },
        env: ".env",
      }),
      "src/agent/graph.ts": SCRIPT,
    },
    serves: ["src/agent/graph.ts:graph=agent"],
    framework: "langgraph",
  },
  {
    source: "langchain-ai/react-agent-js, without its langgraph.json",
    files: { "src/react_agent/graph.ts": SCRIPT, "src/react_agent/tests/graph.test.ts": SCRIPT },
    serves: ["src/react_agent/graph.ts:graph"],
    framework: "langgraph",
  },
];
