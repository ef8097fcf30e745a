/** A LangGraph.js agent as its users write it, with OpenAI's client; `careful` asks before it goes on. */
import { tool } from "@langchain/core/tools";
import { interrupt, MemorySaver, MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
import { ChatOpenAI } from "@langchain/openai";
import { z } from "zod";

const getWeather = tool(
  ({ city }) => {
    if (city === "Nowhere") throw new Error("no such place");
    return city === "Everywhere" ? "sun ".repeat(500_000) : `sun, 19 °C in ${city}`;
  },
  { name: "get_weather", description: "The weather in a city, now", schema: z.object({ city: z.string() }) },
);

const configuration = { baseURL: process.env.OPENAI_BASE_URL };
const model = new ChatOpenAI({ model: "stub", apiKey: "unused", maxRetries: 0, configuration }).bindTools([getWeather]);

async function callModel({ messages }: typeof MessagesAnnotation.State) {
  return { messages: [await model.invoke(messages)] };
}

const builder = () =>
  new StateGraph(MessagesAnnotation)
    .addNode("model", callModel)
    .addNode("tools", new ToolNode([getWeather]))
    .addEdge(START, "model")
    .addConditionalEdges("model", toolsCondition)
    .addEdge("tools", "model");

export const agent = builder().compile();

/** In-memory savers give way to the server's own. */
export const careful = new StateGraph(MessagesAnnotation)
  .addNode("ask", () => ({ messages: [{ role: "assistant", content: `you said ${interrupt({ ask: "really?" })}` }] }))
  .addEdge(START, "ask")
  .compile({ checkpointer: new MemorySaver() });

export const stopping = builder().compile({ interruptBefore: ["tools"] });

/** What the caller may say of the config, and what the graph has of it. */
export const told = new StateGraph(MessagesAnnotation)
  .addNode("tell", (_state, { configurable = {} }) => {
    const { tone = null, volume = null, thread_id } = configurable;
    return { messages: [{ role: "assistant", content: JSON.stringify({ tone, volume, thread_id }) }] };
  })
  .addEdge(START, "tell")
  .compile();
