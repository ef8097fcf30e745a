import { frameworkContract } from "./contract.ts";

frameworkContract({
  name: "langgraph-js",
  chat: "the body is the graph's state; `input: chat` in the config makes it the common form",
  session: true,
  text: true,
  tools: true,
  usage: true,
  failures: true,
});
