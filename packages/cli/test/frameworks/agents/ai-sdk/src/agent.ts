/** An AI SDK agent as its users write it, with OpenAI's client; `careful` asks before it uses its tool. */
import { createOpenAI } from "@ai-sdk/openai";
import { ToolLoopAgent, tool } from "ai";
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
