/**
 * The frameworks and the versions of each that the contract tests run with: the oldest that is supported, and the newest,
 * which is what the example pins. `npm run matrix` runs them, `npm run docs` writes the table.
 */

export interface FrameworkRow {
  /** Of the example, the contract test and the guide's page. */
  readonly name: string;
  readonly title: string;
  readonly language: "python" | "node";
  /** Its package, whose version is meant. */
  readonly package: string;
  /** What is recognised. */
  readonly object: string;
  /** What lets a run wait for a person; null: nothing does. */
  readonly interrupts: string | null;
  readonly oldest: Version;
  /** Python of the newest version. Left out: the newest Python. */
  readonly newestPython?: string;
}

interface Version {
  readonly version: string;
  /** Packages of the same time, name → version; those of the example are pinned, others are added. */
  readonly with?: Readonly<Record<string, string>>;
  /** Left out: 3.10, the oldest. */
  readonly python?: string;
}

export const OLDEST_PYTHON = "3.10";
export const NEWEST_PYTHON = "3.13";

export const FRAMEWORKS: readonly FrameworkRow[] = [
  {
    name: "agno",
    title: "Agno",
    language: "python",
    package: "agno",
    object: "`Agent`, `Team`, `Workflow`",
    interrupts: "tools that need confirmation, input or outside execution",
    oldest: { version: "3.0.0" },
  },
  {
    name: "ai-sdk",
    title: "AI SDK",
    language: "node",
    package: "ai",
    object: "agents, functions that return a stream or a `Response`",
    interrupts: "tools that need approval",
    oldest: { version: "6.0.0", with: { "@ai-sdk/openai": "3.0.0" } },
  },
  {
    name: "autogen",
    title: "AutoGen AgentChat",
    language: "python",
    package: "autogen-agentchat",
    object: "agents and teams",
    interrupts: null,
    oldest: { version: "0.5.1", with: { "autogen-ext": "0.5.1", "autogen-core": "0.5.1" } },
  },
  {
    name: "claude-agent-sdk",
    title: "Claude Agent SDK",
    language: "python",
    package: "claude-agent-sdk",
    object: "functions around `query`",
    interrupts: null,
    oldest: { version: "0.1.65", with: { mcp: "<2" } },
  },
  {
    name: "crewai",
    title: "CrewAI",
    language: "python",
    package: "crewai",
    object: "`Crew`, `@CrewBase`, `Flow`",
    interrupts: null,
    oldest: { version: "1.14.7" },
  },
  {
    name: "dspy",
    title: "DSPy",
    language: "python",
    package: "dspy",
    object: "functions around a module",
    interrupts: null,
    oldest: { version: "3.0.0" },
  },
  {
    name: "google-adk",
    title: "Google ADK",
    language: "python",
    package: "google-adk",
    object: "agents, `App`, `Runner`, workflows",
    interrupts: "tool confirmations, a workflow's `RequestInput`",
    oldest: { version: "2.10.0" },
  },
  {
    name: "langchain",
    title: "LangChain",
    language: "python",
    package: "langchain",
    object: "Runnables, what `create_agent` makes",
    interrupts: "interrupts of an agent",
    oldest: { version: "1.0.0", with: { "langchain-openai": "1.0.0" } },
  },
  {
    name: "langchain-js",
    title: "LangChain.js",
    language: "node",
    package: "langchain",
    object: "Runnables, what `createAgent` makes",
    interrupts: "interrupts of an agent",
    oldest: {
      version: "1.0.1",
      with: { "@langchain/core": "^1.0.0", "@langchain/langgraph": "^1.0.0", "@langchain/openai": "1.0.0" },
    },
  },
  {
    name: "langgraph",
    title: "LangGraph",
    language: "python",
    package: "langgraph",
    object: "compiled graphs",
    interrupts: "interrupts",
    oldest: {
      version: "0.4.0",
      with: { "langgraph-prebuilt": "<0.2", "langchain-core": "<1", "langchain-openai": "<1" },
    },
  },
  {
    name: "langgraph-js",
    title: "LangGraph.js",
    language: "node",
    package: "@langchain/langgraph",
    object: "compiled graphs",
    interrupts: "interrupts",
    oldest: { version: "1.0.0", with: { "@langchain/core": "^1.0.0", "@langchain/openai": "1.0.0" } },
  },
  {
    name: "llamaindex",
    title: "LlamaIndex",
    language: "python",
    package: "llama-index-core",
    object: "workflows and agents",
    interrupts: "events that ask a person (`InputRequiredEvent`)",
    oldest: { version: "0.14.12" },
  },
  {
    name: "mastra",
    title: "Mastra",
    language: "node",
    package: "@mastra/core",
    object: "`Agent`, `Mastra`",
    interrupts: "tools that need approval, or suspend",
    oldest: { version: "1.0.4", with: { "@mastra/memory": "1.0.1" } },
  },
  {
    name: "openai-agents",
    title: "OpenAI Agents SDK",
    language: "python",
    package: "openai-agents",
    object: "`Agent`",
    interrupts: "tools that need approval",
    oldest: { version: "0.13.0", with: { openai: "<2.30" } },
  },
  {
    name: "openai-agents-js",
    title: "OpenAI Agents SDK (JS)",
    language: "node",
    package: "@openai/agents",
    object: "`Agent`",
    interrupts: "tools that need approval",
    oldest: { version: "0.3.0" },
  },
  {
    name: "pydantic-ai",
    title: "Pydantic AI",
    language: "python",
    package: "pydantic-ai-slim",
    object: "`Agent`",
    interrupts: "deferred tools",
    oldest: { version: "1.0.0", with: { "opentelemetry-api": "<1.37" } },
  },
  {
    name: "smolagents",
    title: "smolagents",
    language: "python",
    package: "smolagents",
    object: "`CodeAgent`, `ToolCallingAgent`",
    interrupts: null,
    oldest: { version: "1.24.0" },
  },
];
