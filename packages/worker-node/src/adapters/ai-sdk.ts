/**
 * Agents of the AI SDK (`ToolLoopAgent` and whatever says `version: "agent-v1"`): generate when the caller waits, stream
 * when the caller reads. With a session the conversation's messages are kept in its state. A tool that needs approval
 * makes the run wait; the answer goes on with the same messages.
 */
import type { Run } from "../run.ts";
import type { Adapted, Adapter, AdapterCall, Place } from "./adapter.ts";
import { deliverAiResult, responseMessages } from "./ai-result.ts";
import { approvalQuestion, verdictOf } from "./approval.ts";
import { CHAT_SCHEMA, chatMessages } from "./chat.ts";
import { answerOf, KeptState } from "./kept-state.ts";
import { hasMethods, invoke, listOf, read } from "./read.ts";

export const aiSdk: Adapter = {
  name: "ai-sdk",
  verbs: ["generate", "stream"],
  recognises: (value): value is object => {
    const version = read(value, "version");
    return typeof version === "string" && version.startsWith("agent-v") && hasMethods(value, "generate", "stream");
  },
  adapt,
};

function adapt(object: object, { spec, verb }: Place): Adapted {
  const agent = new AiAgent(object, verb, new KeptState(aiSdk.name, spec, verb));
  return { input: "chat", inputSchema: CHAT_SCHEMA, streams: verb !== "generate", call: (call) => agent.call(call) };
}

class AiAgent {
  readonly #object: object;
  readonly #verb: string | null;
  readonly #kept: KeptState;

  constructor(object: object, verb: string | null, kept: KeptState) {
    this.#object = object;
    this.#verb = verb;
    this.#kept = kept;
  }

  async call({ input, run, signal, flow }: AdapterCall): Promise<void> {
    const messages = this.#messages(input, run);
    const method = this.#verb ?? (run.body.stream ? "stream" : "generate");
    const result = await invoke(this.#object, method, { messages, abortSignal: signal });
    if (typeof result !== "object" || result === null) throw new TypeError(`${method} of the agent returned no result`);
    const output = await deliverAiResult(run, result, flow);
    const conversation = [...messages, ...(await responseMessages(result))];
    const requests = listOf(await read(result, "content")).filter(isRequest);
    if (requests.length > 0) this.#wait(run, conversation, requests);
    this.#kept.save(run, conversation);
    run.succeed("value", output);
  }

  #messages(input: unknown, run: Run): readonly unknown[] {
    const waited = this.#kept.waited(run);
    if (waited !== undefined) return answered(waited, answerOf(run));
    const earlier = listOf(this.#kept.load(run));
    const given = chatMessages(input);
    // Who sends the whole conversation again does not repeat what is kept.
    return earlier.length === 0 ? given : [...earlier, ...given.slice(-1)];
  }

  #wait(run: Run, messages: readonly unknown[], requests: readonly unknown[]): never {
    const asked = requests.map((one) => approvalQuestion(idOf(one), ...toolOf(one)));
    return this.#kept.wait(run, { messages, approvals: requests.map(idOf) }, asked);
  }
}

/** An approval that the agent's own policy gives needs no person. */
const isRequest = (part: unknown): boolean =>
  read(part, "type") === "tool-approval-request" && read(part, "isAutomatic") !== true;

const idOf = (request: unknown): string => String(read(request, "approvalId"));

function toolOf(request: unknown): [unknown, unknown] {
  const call = read(request, "toolCall");
  return [read(call, "toolName"), read(call, "input")];
}

function answered(waited: unknown, answer: unknown): readonly unknown[] {
  const content = listOf(read(waited, "approvals")).map((id) => {
    const { approved, reason } = verdictOf(answer, String(id));
    return { type: "tool-approval-response", approvalId: id, approved, ...(reason === null ? {} : { reason }) };
  });
  return [...listOf(read(waited, "messages")), { role: "tool", content }];
}
