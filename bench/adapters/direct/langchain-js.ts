/** A chain of LangChain.js, as its users call it; its agents are LangGraph's graphs. The model repeats the topic. */
import { invoke } from "../../../packages/worker-node/src/adapters/read.ts";
import { type Direct, drained } from "./direct.ts";

const given = (text: string): unknown => ({ topic: text });

export const direct: Direct = {
  file: "src/agent.ts",
  module: "chain",
  given,
  run: async ({ object }, text) => invoke(object, "invoke", given(text)),
  long: (words) => "word ".repeat(words),
  stream: async ({ object }, text) => drained(await invoke(object, "stream", given(text))),
};
