/** A LangGraph.js agent: a model that may call tools, and goes on until it has its answer. */
import { tool } from "@langchain/core/tools";
import { MessagesAnnotation, START, StateGraph } from "@langchain/langgraph";
import { ToolNode, toolsCondition } from "@langchain/langgraph/prebuilt";
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

const tools = [getWeather];
// A real model, one line: `const model = new ChatOpenAI({ model: "gpt-5" }).bindTools(tools);`
const model = new ScriptedModel().bindTools();

async function callModel({ messages }: typeof MessagesAnnotation.State) {
  return { messages: [await model.invoke(messages)] };
}

export const graph = new StateGraph(MessagesAnnotation)
  .addNode("model", callModel)
  .addNode("tools", new ToolNode(tools))
  .addEdge(START, "model")
  .addConditionalEdges("model", toolsCondition)
  .addEdge("tools", "model")
  .compile();
