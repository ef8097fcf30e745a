/** A Mastra agent as its users write it, with an OpenAI-compatible endpoint; `careful` asks before it uses its tool. */
import { Mastra } from "@mastra/core";
import { Agent } from "@mastra/core/agent";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import { Memory } from "@mastra/memory";
import { z } from "zod";

const about = {
  id: "get_weather",
  description: "The weather in a city, now",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }: { city: string }) => {
    if (city === "Nowhere") throw new Error("no such place");
    return city === "Everywhere" ? "sun ".repeat(500_000) : `sun, 19 °C in ${city}`;
  },
};

const common = {
  instructions: "Answer.",
  model: { id: "openai/stub", url: process.env.OPENAI_BASE_URL ?? "", apiKey: "unused" } as const,
  maxRetries: 0,
};

export const agent = new Agent({
  ...common,
  id: "weather",
  name: "Weather",
  tools: { get_weather: createTool(about) },
  memory: new Memory({ storage: new InMemoryStore() }),
});

export const careful = new Agent({
  ...common,
  id: "careful",
  name: "Careful",
  tools: { get_weather: createTool({ ...about, requireApproval: true }) },
});

export const mastra = new Mastra({ agents: { careful, other: agent }, storage: new InMemoryStore(), logger: false });
