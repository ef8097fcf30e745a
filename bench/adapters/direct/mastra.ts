/** An agent of Mastra, as its users call it. */
import { invoke, read } from "../../../packages/worker-node/src/adapters/read.ts";
import { type Direct, drained } from "./direct.ts";

const messages = (text: string): unknown[] => [{ role: "user", content: text }];

export const direct: Direct = {
  file: "src/mastra/agents/weather-agent.ts",
  module: "weatherAgent",
  given: (text) => ({ messages: messages(text) }),
  run: async ({ object }, text) => invoke(object, "generate", messages(text)),
  stream: async ({ object }, text) => {
    const result = await invoke(object, "stream", messages(text));
    await drained(read(result, "fullStream"));
  },
};
