/** Examples in TypeScript: Mastra, OpenAI Agents JS, AI SDK. LangGraph.js stands with LangGraph. */
import { lines, type Repository } from "./repository.ts";

const agent = (name: string): string =>
  lines(
    'import { Agent } from "@mastra/core/agent";',
    'import { openai } from "@ai-sdk/openai";',
    `export const ${name} = new Agent({ name: "${name}", instructions: "…", model: openai("gpt-5") });`,
  );

export const TYPESCRIPT: readonly Repository[] = [
  {
    source: "mastra-ai/weather-agent",
    files: {
      "src/mastra/agents/weather-agent.ts": agent("weatherAgent"),
      "src/mastra/index.ts": lines(
        'import { Mastra } from "@mastra/core/mastra";',
        'import { LibSQLStore } from "@mastra/libsql";',
        'import { weatherAgent } from "./agents/weather-agent";',
        'export const mastra = new Mastra({ agents: { weatherAgent }, storage: new LibSQLStore({ url: ":memory:" }) });',
      ),
    },
    serves: ["src/mastra/index.ts:mastra"],
    framework: "mastra",
  },
  {
    source: "mastra-ai/template-deep-research",
    files: {
      "src/mastra/agents/reportAgent.ts": agent("reportAgent"),
      "src/mastra/agents/researchAgent.ts": agent("researchAgent"),
      "src/mastra/index.ts": lines(
        'import { Mastra } from "@mastra/core/mastra";',
        'import { reportAgent } from "./agents/reportAgent";',
        'import { researchAgent } from "./agents/researchAgent";',
        "export const mastra = new Mastra({ agents: { researchAgent, reportAgent } });",
      ),
    },
    serves: ["src/mastra/index.ts:mastra.researchAgent", "src/mastra/index.ts:mastra.reportAgent"],
    framework: "mastra",
  },
  {
    source: "openai/openai-agents-js/examples/nextjs",
    files: {
      "src/agents.ts": lines(
        'import { Agent, tool } from "@openai/agents";',
        'export const agent = new Agent({ name: "Basic Agent", instructions: "You are a basic agent." });',
      ),
      "src/app/api/basic/route.ts": lines(
        'import { run } from "@openai/agents";',
        'import { agent } from "@/agents";',
        "export async function POST(req: Request) { return Response.json(await run(agent, await req.json())); }",
      ),
    },
    serves: ["src/agents.ts:agent"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-agents-js/examples/research-bot",
    files: {
      "agents.ts": lines(
        'import { Agent, webSearchTool } from "@openai/agents";',
        'export const plannerAgent = new Agent({ name: "PlannerAgent" });',
        'export const writerAgent = new Agent({ name: "WriterAgent" });',
      ),
      "manager.ts": lines('import { plannerAgent, writerAgent } from "./agents";', "export class ResearchManager {}"),
    },
    serves: ["agents.ts:plannerAgent", "agents.ts:writerAgent"],
    framework: "openai-agents",
  },
  {
    source: "openai/openai-agents-js/examples/customer-service",
    files: {
      "index.ts": lines(
        'import { Agent, run } from "@openai/agents";',
        'const faqAgent = new Agent({ name: "FAQ Agent" });',
        'const triageAgent = Agent.create({ name: "Triage Agent", handoffs: [faqAgent] });',
        "async function main() { await run(triageAgent, []); }",
        "main();",
      ),
    },
    serves: [],
    framework: null,
    says: "`triageAgent` of index.ts:3 is not exported: write `export` before it.",
  },
  {
    source: "vercel-labs/ai-sdk-preview-internal-knowledge-base",
    files: {
      "app/(chat)/api/chat/route.ts": lines(
        'import { streamText } from "ai";',
        "export async function POST(request: Request) {",
        "  const { messages } = await request.json();",
        '  const result = await streamText({ model: "openai/gpt-5", messages });',
        "  return result.toDataStreamResponse({});",
        "}",
      ),
    },
    serves: [],
    framework: null,
    says: "takes an HTTP request",
  },
];
