/** An agent of the AI SDK, as its users call it. */
import { invoke, read } from "../../../packages/worker-node/src/adapters/read.ts";
import { type Direct, drained } from "./direct.ts";

const messages = (text: string): unknown[] => [{ role: "user", content: text }];

export const direct: Direct = {
  file: "src/agent.ts",
  module: "agent",
  given: (text) => ({ messages: messages(text) }),
  run: async ({ object }, text) => invoke(object, "generate", { messages: messages(text) }),
  stream: async ({ object }, text) => {
    const result = await invoke(object, "stream", { messages: messages(text) });
    await drained(read(result, "fullStream"));
  },
};
