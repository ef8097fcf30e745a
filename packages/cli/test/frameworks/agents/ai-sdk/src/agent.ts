/** An AI SDK agent as its users write it, with OpenAI's client; `careful` asks before it uses its tool. */
import { createOpenAI } from "@ai-sdk/openai";
import { streamText, ToolLoopAgent, tool } from "ai";
import { z } from "zod";

const openai = createOpenAI({ apiKey: "unused", baseURL: process.env.OPENAI_BASE_URL });

function weather({ city }: { city: string }): string {
  if (city === "Nowhere") throw new Error("no such place");
  return city === "Everywhere" ? "sun ".repeat(500_000) : `sun, 19 °C in ${city}`;
}

const inputSchema = z.object({ city: z.string() });
const getWeather = tool({ description: "The weather in a city, now", inputSchema, execute: weather });
const asking = tool({ description: "The weather in a city, now", inputSchema, execute: weather, needsApproval: true });

const settings = { model: openai.chat("stub"), maxRetries: 0 };
export const agent = new ToolLoopAgent({ ...settings, tools: { get_weather: getWeather } });
export const careful = new ToolLoopAgent({ ...settings, tools: { get_weather: asking } });

/** What comes back decides: a stream result is streamed. */
export function tell({ about }: { about: string }, { signal }: { signal: AbortSignal }) {
  return streamText({ model: settings.model, maxRetries: 0, prompt: about, abortSignal: signal });
}

/** As a route handler of Next.js answers. */
export function respond({ about }: { about: string }, context: { signal: AbortSignal }) {
  return tell({ about }, context).toUIMessageStreamResponse();
}
