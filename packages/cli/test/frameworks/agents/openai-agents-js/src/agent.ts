/** An agent of the OpenAI Agents SDK as its users write it; `careful` asks before it uses its tool. */
import { Agent, OpenAIProvider, tool } from "@openai/agents";
import { OpenAI } from "openai";
import { z } from "zod";

const openAIClient = new OpenAI({ apiKey: "unused", baseURL: process.env.OPENAI_BASE_URL, maxRetries: 0 });
const model = await new OpenAIProvider({ openAIClient, useResponses: true }).getModel("stub");

const description = {
  name: "get_weather",
  description: "The weather in a city, now",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }: { city: string }): string => {
    if (city === "Nowhere") throw new Error("no such place");
    return city === "Everywhere" ? "sun ".repeat(500_000) : `sun, 19 °C in ${city}`;
  },
};

export const agent = new Agent({ name: "Weather", model, tools: [tool(description)] });
export const careful = new Agent({ name: "Weather", model, tools: [tool({ ...description, needsApproval: true })] });
export const triage = new Agent({ name: "Triage", model, handoffs: [agent] });
