/** An AI SDK agent with a tool, and a plain function that returns a stream result. */
import { streamText, ToolLoopAgent, tool } from "ai";
import { z } from "zod";
import { scriptedModel } from "./model.ts";

const WEATHER = new Map([
  ["berlin", "rain, 8 °C"],
  ["lisbon", "sun, 19 °C"],
]);

// A real model, one line: `const model = openai("gpt-5");` with `import { openai } from "@ai-sdk/openai";`
const model = scriptedModel;

const getWeather = tool({
  description: "The weather in a city, now",
  inputSchema: z.object({ city: z.string() }),
  execute: ({ city }) => WEATHER.get(city.toLowerCase()) ?? "unknown",
});

export const agent = new ToolLoopAgent({ model, tools: { get_weather: getWeather } });

/** What comes back decides: a stream result is streamed. */
export function tell({ about }: { about: string }, { signal }: { signal: AbortSignal }) {
  return streamText({ model, prompt: about, abortSignal: signal });
}
