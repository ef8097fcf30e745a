/**
 * What an agent of each framework looks like, by the origin of its value (`origin.ts`). A new framework is a row here;
 * what its objects are at run time is the business of the workers' adapters.
 */

export interface Framework {
  /** As `framework` of the config has it. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** Origins of objects that can be served. */
  readonly object: RegExp;
  /** A base of a class of which the worker makes an instance. */
  readonly base?: RegExp;
  /** A decorator of a method of a class that makes the object. */
  readonly method?: RegExp;
  /** A decorator that makes such an object of a function. */
  readonly decorator?: RegExp;
  /** What a function returns, or uses, that talks to a model through this framework. */
  readonly function?: RegExp;
  /** Packages (by the first names of their origin) that mark a function's file as written with it. */
  readonly packages: RegExp;
}

const of = (modules: string, classes: string, more = ""): RegExp =>
  new RegExp(String.raw`^(?:${modules})(?:[./][\w-]+)*\.(?:${classes})\(\)${more}$`);

/** Methods that give the same kind of object back. */
const CONFIGURED = String.raw`(?:\.with_?[cC]onfig\(\))?`;
const COMPILED = String.raw`(?:\.\w+\(\))*\.compile\(\)${CONFIGURED}`;
const GRAPHS = "StateGraph|MessageGraph|Graph";
const PYTHON_GRAPHS = "langgraph|langgraph_supervisor|langgraph_swarm|langgraph_codeact|langgraph_bigtool|deepagents";
const SCRIPT_GRAPHS = "@langchain/langgraph|@langchain/langgraph-supervisor|@langchain/langgraph-swarm|deepagents";
const PYTHON_CHAINS = "langchain|langchain_classic|langchain_core|langchain_community|langchain_experimental";

const union = (...all: readonly RegExp[]): RegExp => new RegExp(all.map((one) => one.source).join("|"));

export const FRAMEWORKS: readonly Framework[] = [
  {
    name: "langgraph",
    title: "LangGraph",
    object: union(
      of(PYTHON_GRAPHS, `${GRAPHS}|create_supervisor|create_swarm|create_codeact|create_agent`, COMPILED),
      of(PYTHON_GRAPHS, "create_react_agent|create_deep_agent|Pregel|Compiled\\w*Graph", CONFIGURED),
      of(SCRIPT_GRAPHS, `${GRAPHS}|createSupervisor|createSwarm`, COMPILED),
      of(SCRIPT_GRAPHS, "createReactAgent|createDeepAgent|entrypoint|Compiled\\w*Graph|Pregel", CONFIGURED),
    ),
    decorator: /^langgraph\.func\.entrypoint(\(\))?$/,
    packages: /^(langgraph|@langchain\/langgraph|deepagents)/,
  },
  {
    name: "langchain",
    title: "LangChain",
    object: union(
      of(
        PYTHON_CHAINS,
        "create_\\w*agent|initialize_agent|AgentExecutor|RunnableSequence|RunnableParallel",
        CONFIGURED,
      ),
      of(PYTHON_CHAINS, "RunnableLambda|RunnableBranch|RunnableWithMessageHistory|create_\\w*chain|chain", CONFIGURED),
      of(`(?:${PYTHON_CHAINS})\\.chains`, "\\w+"),
      of(
        "langchain|@langchain/core|@langchain/classic",
        "createAgent|AgentExecutor|RunnableSequence\\.from|create\\w+Chain",
      ),
      /^(@langchain\/|langchain\/)[\w./()-]+\.pipe\(\)$/,
    ),
    decorator: /^langchain_core\.runnables(\.\w+)*\.chain$/,
    packages: /^@?langchain/,
  },
  {
    name: "crewai",
    title: "CrewAI",
    object: of("crewai", "Crew|Flow"),
    base: /^crewai(\.\w+)*\.Flow$/,
    method: /^crewai(\.\w+)*\.crew$/,
    packages: /^crewai/,
  },
  {
    name: "openai-agents",
    title: "OpenAI Agents",
    object: of("agents|@openai/agents|@openai/agents-core", "Agent|Agent\\.create", String.raw`(?:\.clone\(\))?`),
    packages: /^(agents|@openai\/agents)\b/,
  },
  {
    name: "pydantic-ai",
    title: "Pydantic AI",
    object: of("pydantic_ai", "Agent"),
    packages: /^pydantic_ai/,
  },
  {
    name: "google-adk",
    title: "Google ADK",
    object: of("google\\.adk", "\\w*Agent|App|Workflow"),
    packages: /^google\.adk/,
  },
  {
    name: "llamaindex",
    title: "LlamaIndex",
    object: of("llama_index|workflows", "Workflow|\\w+Workflow|\\w*Agent|(?:\\w*Agent|\\w+Workflow)\\.from_\\w+"),
    base: /^(llama_index|workflows)(\.\w+)*\.Workflow$/,
    packages: /^(llama_index|workflows)\b/,
  },
  {
    name: "agno",
    title: "Agno",
    object: of("agno", "Agent|Team|Workflow"),
    packages: /^agno\b/,
  },
  {
    name: "autogen",
    title: "AutoGen",
    object: of("autogen_agentchat|autogen_ext", "\\w*Agent|\\w+GroupChat|Swarm|GraphFlow|MagenticOne"),
    packages: /^autogen_/,
  },
  {
    name: "smolagents",
    title: "smolagents",
    object: of("smolagents", "CodeAgent|ToolCallingAgent|MultiStepAgent"),
    packages: /^smolagents/,
  },
  {
    name: "mastra",
    title: "Mastra",
    object: of("@mastra/core", "Agent|Mastra"),
    packages: /^@mastra\//,
  },
  {
    name: "ai-sdk",
    title: "AI SDK",
    object: of("ai", "ToolLoopAgent|Experimental_Agent|Agent"),
    function: /^ai\.((stream|generate)(Text|Object)|createAgentUIStream\w*|createUIMessageStream\w*)\b/,
    packages: /^ai$|^@ai-sdk\//,
  },
  {
    name: "claude-agent-sdk",
    title: "Claude Agent SDK",
    object: /^$/,
    function:
      /^(claude_agent_sdk|claude_code_sdk|@anthropic-ai\/claude-(agent-sdk|code))\.(query|ClaudeSDKClient|ClaudeCodeSDKClient)\b/,
    packages: /^(claude_agent_sdk|claude_code_sdk|@anthropic-ai\/claude-(agent-sdk|code))\b/,
  },
  {
    name: "dspy",
    title: "DSPy",
    object: /^$/,
    function: /^dspy\b/,
    packages: /^dspy\b/,
  },
];

export const frameworkOf = (origin: string): Framework | undefined =>
  FRAMEWORKS.find(({ object }) => object.test(origin));

export const frameworkOfPackage = (module: string): Framework | undefined =>
  FRAMEWORKS.find(({ packages }) => packages.test(module));

export const isFrameworkPackage = (module: string): boolean => frameworkOfPackage(module) !== undefined;
