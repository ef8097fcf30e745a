/** An agent of LangChain.js as its users write it, with OpenAI's client, and a chain. */
import { StringOutputParser } from "@langchain/core/output_parsers";
import { ChatPromptTemplate } from "@langchain/core/prompts";
import { RunnableLambda } from "@langchain/core/runnables";
import { ChatOpenAI } from "@langchain/openai";
import { createAgent, humanInTheLoopMiddleware, tool } from "langchain";
import { z } from "zod";

const getWeather = tool(
  ({ city }) => {
    if (city === "Nowhere") throw new Error("no such place");
    return city === "Everywhere" ? "sun ".repeat(500_000) : `sun, 19 °C in ${city}`;
  },
  { name: "get_weather", description: "The weather in a city, now", schema: z.object({ city: z.string() }) },
);

const configuration = { baseURL: process.env.OPENAI_BASE_URL };
export const model = new ChatOpenAI({ model: "stub", apiKey: "unused", maxRetries: 0, configuration });

export const agent = createAgent({ model, tools: [getWeather] });
export const careful = createAgent({
  model,
  tools: [getWeather],
  middleware: [humanInTheLoopMiddleware({ interruptOn: { get_weather: true } })],
});

export const chain = ChatPromptTemplate.fromTemplate("{mood} about {topic}").pipe(model).pipe(new StringOutputParser());

/** What the caller may say of the config, and what a chain has of it. */
export const told = RunnableLambda.from((_topic: unknown, { configurable = {} }) => {
  const { tone = null, volume = null, session_id } = configurable;
  return { tone, volume, session_id };
});
