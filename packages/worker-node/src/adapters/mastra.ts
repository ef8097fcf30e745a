/**
 * Agents of Mastra, alone or the agents of a `Mastra`: generate when the caller waits, stream when the caller reads. An
 * agent's own memory keeps the conversation: thread = session, resource = user. A tool that needs approval, or suspends,
 * makes the run wait; Mastra's storage holds what goes on.
 */
import { RunAgentError } from "@runagent/protocol";
import type { Run } from "../run.ts";
import type { Adapted, Adapter, AdapterCall, Place } from "./adapter.ts";
import { approvalQuestion, verdictOf } from "./approval.ts";
import { CHAT_SCHEMA, readChat } from "./chat.ts";
import { drainInto } from "./draining.ts";
import { answerOf, KeptState } from "./kept-state.ts";
import { MastraEvents, type Suspended } from "./mastra-events.ts";
import { restoreSnapshots, takeSnapshots } from "./mastra-snapshots.ts";
import { classNames, hasMethods, invoke, isObject, listOf, read } from "./read.ts";

export const mastra: Adapter = {
  name: "mastra",
  verbs: ["generate", "stream"],
  recognises: (value): value is object => isAgent(value) || isMastra(value),
  /** `mastra.NAME` means that agent. */
  member: (object, name) => (isMastra(object) ? read(agentsOf(object), name) : undefined),
  adapt,
};

const isAgent = (value: unknown): value is object =>
  hasMethods(value, "generate", "stream", "getMemory", "getInstructions");

const isMastra = (value: unknown): value is object => hasMethods(value, "getAgent", "getAgentById", "getWorkflow");

/** By name. Newer versions say `listAgents`. */
function agentsOf(instance: object): object {
  const agents = invoke(instance, hasMethods(instance, "listAgents") ? "listAgents" : "getAgents");
  return isObject(agents) ? agents : {};
}

async function adapt(object: object, { spec, verb }: Place): Promise<Adapted> {
  const agent = isMastra(object) ? onlyAgent(object, `${spec.file}: "${spec.module}"`) : object;
  const remembers = !hasMethods(agent, "hasOwnMemory") || invoke(agent, "hasOwnMemory") === true;
  const called = new MastraAgent(agent, { verb, remembers, kept: new KeptState(mastra.name, spec, verb) });
  return {
    input: "chat",
    inputSchema: CHAT_SCHEMA,
    streams: verb !== "generate",
    notes: (await notesOf(agent, remembers)).map((note) => `${spec.tag}: ${note}`),
    call: (call) => called.call(call),
  };
}

async function notesOf(agent: object, remembers: boolean): Promise<readonly string[]> {
  if (!remembers) return ["the agent has no memory, so a session is not remembered"];
  const kinds = classNames(await storeOf(agent));
  if (!kinds.some((name) => name.startsWith("InMemory"))) return [];
  return ["the agent's memory is in its process: a session ends with it, and no other process knows it"];
}

/** Of the agent's memory; `undefined` where that is made for each request, or has none. */
async function storeOf(agent: object): Promise<unknown> {
  try {
    return read(await invoke(agent, "getMemory"), "storage");
  } catch {
    return undefined;
  }
}

function onlyAgent(instance: object, named: string): object {
  const agents = agentsOf(instance);
  const names = Object.keys(agents);
  const only: unknown = names.length === 1 ? read(agents, names[0] ?? "") : undefined;
  if (isObject(only)) return only;
  const hint =
    names.length === 0 ? {} : { hint: `Name one of them: ${names.map((name) => `"….${name}"`).join(", ")}.` };
  throw new RunAgentError("LOAD_FAILED", `${named} is a Mastra with ${names.length} agents`, hint);
}

interface MastraOptions {
  readonly verb: string | null;
  readonly remembers: boolean;
  readonly kept: KeptState;
}

class MastraAgent {
  readonly #agent: object;
  readonly #options: MastraOptions;

  constructor(agent: object, options: MastraOptions) {
    this.#agent = agent;
    this.#options = options;
  }

  async call({ input, run, signal, flow }: AdapterCall): Promise<void> {
    const { verb, kept } = this.#options;
    const streams = verb === null ? run.body.stream : verb === "stream";
    const options = { runId: run.body.run_id, abortSignal: signal, ...this.#memory(run) };
    const waited = kept.waited(run);
    const result =
      waited === undefined
        ? await invoke(this.#agent, streams ? "stream" : "generate", await this.#messages(input, run), options)
        : await this.#resume(waited, { run, options, streams });
    if (run.cancelled) throw run.signal.reason;
    const events = new MastraEvents(run, listOf(read(waited, "told")).map(String));
    const stream = read(result, "fullStream");
    if (isObject(stream)) await drainInto({ run, flow }, stream, (part) => events.take(part));
    else events.takeWhole(result);
    if (events.suspended !== null) await this.#wait(run, events, events.suspended);
    run.succeed("value", events.output);
  }

  #memory(run: Run): object {
    const thread = run.body.session_id;
    if (thread === null || !this.#options.remembers) return {};
    return { memory: { thread, resource: run.body.user ?? thread } };
  }

  /** What came before the last message counts when the thread is new. */
  async #messages(input: unknown, run: Run): Promise<readonly unknown[]> {
    const { earlier, last } = readChat(input);
    const begun = earlier.length > 0 && (await this.#hasThread(run));
    return [...(begun ? [] : earlier), last].map(onlyMessage);
  }

  async #hasThread(run: Run): Promise<boolean> {
    if (run.body.session_id === null || !this.#options.remembers) return false;
    const memory = await invoke(this.#agent, "getMemory");
    const thread = await invoke(memory, "getThreadById", { threadId: run.body.session_id });
    return isObject(thread);
  }

  async #resume(waited: unknown, { run, options, streams }: { run: Run; options: object; streams: boolean }) {
    const toolCallId = String(read(waited, "toolCallId"));
    const answer = answerOf(run);
    const data = read(waited, "approval") === true ? answerOfApproval(answer, toolCallId) : answer;
    await restoreSnapshots(this.#agent, run.body.run_id, read(waited, "snapshots"));
    return invoke(this.#agent, streams ? "resumeStream" : "resumeGenerate", data, { ...options, toolCallId });
  }

  async #wait(
    run: Run,
    { told }: MastraEvents,
    { toolCallId, tool, args, payload, schema }: Suspended,
  ): Promise<never> {
    const snapshots = await takeSnapshots(this.#agent, run.body.run_id);
    if (snapshots === null) {
      throw new Error(
        `the tool ${String(tool)} waits, but the agent belongs to no Mastra, whose storage holds what waits`,
      );
    }
    const approval = payload === undefined;
    const asked = approval
      ? approvalQuestion(toolCallId, tool, args)
      : { id: toolCallId, question: { tool, payload }, schema };
    return this.#options.kept.wait(run, { toolCallId, approval, snapshots, told }, [asked]);
  }
}

function answerOfApproval(answer: unknown, toolCallId: string): object {
  const { approved, reason } = verdictOf(answer, toolCallId);
  return { approved, ...(reason === null ? {} : { reason }) };
}

/** A message's own members: whose thread it belongs to is not the caller's to say. */
function onlyMessage(message: unknown): object {
  const members = ["id", "role", "content", "parts"].map((name) => [name, read(message, name)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== undefined));
}
