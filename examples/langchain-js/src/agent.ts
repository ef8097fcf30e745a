/** An agent of LangChain.js with a tool, and a chain of a prompt and a model. */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { createAgent, tool } from "langchain";
import { z } from "zod";
import { ScriptedModel } from "./model.ts";

const WEATHER = new Map([
  ["berlin", "rain, 8 °C"],
  ["lisbon", "sun, 19 °C"],
]);

const getWeather = tool(({ city }) => WEATHER.get(city.toLowerCase()) ?? "unknown", {
  name: "get_weather",
  description: "The weather in a city, now",
  schema: z.object({ city: z.string() }),
});

// A real model, one line: `const model = "openai:gpt-5";` (and for the chain `new ChatOpenAI({ model: "gpt-5" })`)
const model = new ScriptedModel();

export const agent = createAgent({ model, tools: [getWeather] });

/** Any runnable is an entrypoint: here a prompt, a model, a parser. */
export const chain = ChatPromptTemplate.fromTemplate("Say something about {topic}")
  .pipe(new ScriptedModel("You asked: "))
  .pipe(new StringOutputParser());
