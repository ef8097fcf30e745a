/** A Mastra agent with a tool and a memory. */
import { Agent } from "@mastra/core/agent";
import { InMemoryStore } from "@mastra/core/storage";
import { createTool } from "@mastra/core/tools";
import { Memory } from "@mastra/memory";
import { z } from "zod";
import { scriptedModel } from "../model.ts";

const WEATHER = new Map([
  ["berlin", "rain, 8 °C"],
  ["lisbon", "sun, 19 °C"],
]);

const getWeather = createTool({
  id: "get_weather",
  description: "The weather in a city, now",
  inputSchema: z.object({ city: z.string() }),
  execute: async ({ city }) => WEATHER.get(city.toLowerCase()) ?? "unknown",
});

// A real model, one line: `const model = "openai/gpt-5";`
const model = scriptedModel;

export const weatherAgent = new Agent({
  id: "weather-agent",
  name: "Weather",
  instructions: "Answer questions about the weather with your tool.",
  model,
  tools: { get_weather: getWeather },
  memory: new Memory({ storage: new InMemoryStore() }),
});
