/**
 * Agents of the AI SDK (`ToolLoopAgent` and whatever says `version: "agent-v1"`): generate when the caller waits, stream
 * when the caller reads. With a session the conversation's messages are kept in its state.
 */
import { isDeepStrictEqual } from "node:util";
import type { Adapter, AdapterCall } from "./adapter.ts";
import { deliverAiResult, read } from "./ai-result.ts";
import { CHAT_SCHEMA, chatMessages } from "./chat.ts";

export const aiSdk: Adapter = {
  name: "ai-sdk",
  verbs: ["generate", "stream"],
  recognises: (value): value is object => {
    if (typeof value !== "object" || value === null) return false;
    const version = read(value, "version");
    return typeof version === "string" && version.startsWith("agent-v") && isAgent(value);
  },
  describe: (verb) => ({ input: "chat", inputSchema: CHAT_SCHEMA, streams: verb !== "generate" }),
  call,
};

function isAgent(value: object): boolean {
  return typeof read(value, "generate") === "function" && typeof read(value, "stream") === "function";
}

async function call({ object, verb, input, run, flow }: AdapterCall): Promise<void> {
  const earlier = sessionMessages(run.session);
  const added = chatMessages(input);
  const messages = continues(added, earlier) ? added : [...earlier, ...added];
  const method = verb ?? (run.body.stream ? "stream" : "generate");
  const result = await invoke(object, method, { messages, abortSignal: run.signal });
  const output = await deliverAiResult(run, result, flow);
  if (run.body.session_id !== null) {
    Reflect.set(run.session, "messages", [...messages, ...(await responseMessages(result))]);
  }
  run.succeed("value", output);
}

async function invoke(object: object, method: string, options: object): Promise<object> {
  const run: unknown = Reflect.get(object, method);
  if (typeof run !== "function") throw new TypeError(`the agent has no method ${method}`);
  const result: unknown = await Reflect.apply(run, object, [options]);
  if (typeof result === "object" && result !== null) return result;
  throw new TypeError(`${method} of the agent returned no result`);
}

/** A caller that sends the whole conversation again does not repeat what is kept. */
function continues(messages: readonly unknown[], earlier: readonly unknown[]): boolean {
  return messages.length > earlier.length && isDeepStrictEqual(messages.slice(0, earlier.length), earlier);
}

function sessionMessages(session: object): readonly unknown[] {
  const messages: unknown = read(session, "messages");
  return Array.isArray(messages) ? messages : [];
}

/** v7: `responseMessages`; before: `response.messages`. */
async function responseMessages(result: object): Promise<readonly unknown[]> {
  const current: unknown = await read(result, "responseMessages");
  const messages: unknown = current ?? read(await read(result, "response"), "messages");
  return Array.isArray(messages) ? messages : [];
}
