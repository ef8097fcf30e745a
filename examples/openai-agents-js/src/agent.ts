/** An agent of the OpenAI Agents SDK with a tool. */
import { Agent, tool } from "@openai/agents";
import { z } from "zod";
import { scriptedModel } from "./model.ts";

const WEATHER = new Map([
  ["berlin", "rain, 8 °C"],
  ["lisbon", "sun, 19 °C"],
]);

const getWeather = tool({
  name: "get_weather",
  description: "The weather in a city, now",
  parameters: z.object({ city: z.string() }),
  execute: ({ city }) => WEATHER.get(city.toLowerCase()) ?? "unknown",
});

// A real model, one line: `const model = "gpt-5";`
const model = scriptedModel;

export const agent = new Agent({
  name: "Weather",
  instructions: "Answer questions about the weather with your tool.",
  model,
  tools: [getWeather],
});
