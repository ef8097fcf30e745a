/** LangGraph.js, as its users call it. */
import { invoke } from "../../../packages/worker-node/src/adapters/read.ts";
import { type Direct, drained } from "./direct.ts";

const given = (text: string): unknown => ({ messages: [{ role: "user", content: text }] });

export const direct: Direct = {
  file: "src/agent.ts",
  module: "graph",
  given,
  run: async ({ object }, text) => invoke(object, "invoke", given(text)),
  stream: async ({ object }, text) =>
    drained(await invoke(object, "stream", given(text), { streamMode: ["messages", "updates"] })),
};
