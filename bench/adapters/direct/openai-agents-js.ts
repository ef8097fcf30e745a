/** The OpenAI Agents SDK for TypeScript, as its users call it. */
import { read } from "../../../packages/worker-node/src/adapters/read.ts";
import { type Direct, drained, type Found } from "./direct.ts";

export const direct: Direct = {
  file: "src/agent.ts",
  module: "agent",
  given: (text) => ({ input: text }),
  run: async (found, text) => start(found, text, {}),
  stream: async (found, text) => {
    const result = await start(found, text, { stream: true });
    await drained(result);
    await read(result, "completed");
  },
};

function start({ object, part }: Found, text: string, options: object): unknown {
  const run = part("run");
  return typeof run === "function" ? Reflect.apply(run, undefined, [object, text, options]) : undefined;
}
