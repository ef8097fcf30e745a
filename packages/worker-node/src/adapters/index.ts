/** Which adapter an object belongs to. A new framework is a new file here and a line below; the first that fits wins. */
import type { Adapter } from "./adapter.ts";
import { aiSdk } from "./ai-sdk.ts";
import { langchain } from "./langchain.ts";
import { langgraph } from "./langgraph.ts";
import { mastra } from "./mastra.ts";
import { openaiAgents } from "./openai-agents.ts";

const ADAPTERS: readonly Adapter[] = [mastra, openaiAgents, langgraph, langchain, aiSdk];

/** `wanted`: the config's `adapter`; `none` turns recognition off. */
export function adapterFor(value: unknown, wanted?: string): Adapter | null {
  if (wanted === "none" || typeof value !== "object" || value === null) return null;
  return ADAPTERS.find((one) => (wanted === undefined || one.name === wanted) && one.recognises(value)) ?? null;
}
