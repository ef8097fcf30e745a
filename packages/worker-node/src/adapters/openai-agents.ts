/**
 * OpenAI Agents (`Agent` of `@openai/agents`): `run(agent, input, …)` of the very copy that the agent imports. The session
 * is an object with the SDK's methods over ours; tools that need approval make the run wait, with the SDK's own state.
 */
import { RunAgentError } from "@runagent/protocol";
import type { Run } from "../run.ts";
import type { Adapted, Adapter, AdapterCall, Place } from "./adapter.ts";
import { approvalQuestion, verdictOf } from "./approval.ts";
import { CHAT_SCHEMA, messageText, readChat } from "./chat.ts";
import { drainInto } from "./draining.ts";
import { answerOf, KeptState } from "./kept-state.ts";
import { argumentsOf, OpenAiEvents, type Told } from "./openai-agents-events.ts";
import { ItemSession } from "./openai-agents-session.ts";
import { classNames, hasMethods, invoke, listOf, read } from "./read.ts";

export const openaiAgents: Adapter = {
  name: "openai-agents",
  verbs: ["run"],
  recognises: (value): value is object => isAgent(value) || isRunner(value),
  adapt,
};

const isAgent = (value: unknown): value is object =>
  hasMethods(value, "asTool", "getSystemPrompt", "getAllTools", "processFinalOutput") && "handoffs" in value;

/** It is no agent: whoever names it is told so. */
const isRunner = (value: unknown): value is object =>
  hasMethods(value, "run", "on", "emit") && classNames(value).includes("Runner") && "config" in value;

async function adapt(object: object, { spec, verb, frameworks }: Place): Promise<Adapted> {
  if (isRunner(object)) {
    const detail = `${spec.file}: "${spec.module}" is a Runner, which runs agents: name the Agent instead`;
    throw new RunAgentError("LOAD_FAILED", detail);
  }
  const start = await frameworks.part("openaiAgents", "run");
  const state = await frameworks.part("openaiAgents", "RunState");
  if (typeof start !== "function") {
    const detail = `${spec.file}: "${spec.module}" is an agent of a @openai/agents that is not found, or has no "run"`;
    throw new RunAgentError("LOAD_FAILED", detail, { hint: "Export a function that runs the agent, and name it." });
  }
  const runner: Runner = { start: (...args) => Reflect.apply(start, undefined, args), state };
  const agent = new OpenAiAgent(object, runner, new KeptState(openaiAgents.name, spec, verb));
  return { input: "chat", inputSchema: INPUT_SCHEMA, streams: true, call: (call) => agent.call(call) };
}

/** The common chat input, or the SDK's own: text, or items, also as `input`. */
const INPUT_SCHEMA = {
  ...CHAT_SCHEMA,
  type: ["object", "string", "array"],
  properties: { ...CHAT_SCHEMA.properties, input: { type: ["string", "array"] } },
} as const;

interface Runner {
  readonly start: (...args: readonly unknown[]) => unknown;
  /** The class of the SDK's state. */
  readonly state: unknown;
}

/** What is kept while a run waits. */
interface Waiting {
  /** The SDK's own text of it. */
  readonly state: string;
  readonly items: readonly unknown[];
  /** How much of its result was told as events. */
  readonly told: Told;
}

class OpenAiAgent {
  readonly #agent: object;
  readonly #runner: Runner;
  readonly #kept: KeptState;

  constructor(agent: object, runner: Runner, kept: KeptState) {
    this.#agent = agent;
    this.#runner = runner;
    this.#kept = kept;
  }

  async call({ input, run, signal, flow }: AdapterCall): Promise<void> {
    const waiting = asWaiting(this.#kept.waited(run));
    const session = new ItemSession(run, waiting?.items ?? listOf(this.#kept.load(run)));
    const given = waiting === null ? itemsOf(input, session.isEmpty) : await this.#answered(waiting, run);
    const events = new OpenAiEvents(run, this.#agent, waiting?.told);
    const sessionOptions = run.body.session_id === null ? {} : { session, sessionInputCallback: joined };
    const options = { signal, stream: run.body.stream, ...sessionOptions };
    const result: unknown = await this.#runner.start(this.#agent, given, options);
    if (run.body.stream) {
      await drainInto({ run, flow }, result, (event) => events.take(event));
      await read(result, "completed");
    } else events.takeWhole(result);
    const asked = listOf(read(result, "interruptions"));
    if (asked.length > 0) this.#wait(run, waitingOf(result, session, events), asked);
    this.#kept.save(run, session.items);
    run.succeed("value", read(result, "finalOutput") ?? null);
  }

  async #answered(waiting: Waiting, run: Run): Promise<unknown> {
    const state = await invoke(this.#runner.state, "fromString", this.#agent, waiting.state);
    for (const item of listOf(invoke(state, "getInterruptions"))) {
      const { approved, reason } = verdictOf(answerOf(run), callId(item));
      if (approved) invoke(state, "approve", item);
      else invoke(state, "reject", item, reason === null ? {} : { message: reason });
    }
    return state;
  }

  #wait(run: Run, waiting: Waiting, asked: readonly unknown[]): never {
    const questions = asked.map((item) => {
      const call = read(item, "rawItem");
      return approvalQuestion(callId(item), read(call, "name"), argumentsOf(call));
    });
    return this.#kept.wait(run, waiting, questions);
  }
}

/** Older versions take a list beside a session only with this. */
const joined = (history: readonly unknown[], added: readonly unknown[]): unknown[] => [...history, ...added];

const callId = (item: unknown): string => {
  const call = read(item, "rawItem");
  return String(read(call, "callId") ?? read(call, "id"));
};

function waitingOf(result: unknown, { items }: ItemSession, { tools }: OpenAiEvents): Waiting {
  const told = { tools, responses: listOf(read(result, "rawResponses")).length };
  return { state: String(read(result, "state")), items, told };
}

function asWaiting(value: unknown): Waiting | null {
  const state = read(value, "state");
  if (typeof state !== "string") return null;
  const told = read(value, "told");
  const tools = listOf(read(told, "tools")).map(String);
  return { state, items: listOf(read(value, "items")), told: { tools, responses: Number(read(told, "responses")) } };
}

/** The SDK's items: its own as they are, else of chat messages. What came before the last message counts when nothing is kept yet. */
function itemsOf(input: unknown, fresh: boolean): readonly unknown[] {
  const native = typeof input === "string" || Array.isArray(input) ? input : read(input, "input");
  if (Array.isArray(native)) return native;
  const { earlier, last } = readChat(typeof native === "string" ? { input: native } : input);
  return [...(fresh ? earlier : []), last].map(itemOf);
}

function itemOf(message: unknown): unknown {
  const role = read(message, "role");
  const content = read(message, "content");
  if (role === "assistant") {
    if (Array.isArray(content) && read(content[0], "type") === "output_text") return message;
    return { role, status: "completed", content: [{ type: "output_text", text: messageText(message) }] };
  }
  if (role === "user" && Array.isArray(content) && read(content[0], "type") !== "text") return message;
  return { role, content: messageText(message) };
}
