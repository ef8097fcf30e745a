/**
 * Graphs of LangGraph.js (`Pregel`) and agents of LangChain's `createAgent`: body = state, thread = session or run. A
 * missing or in-memory checkpointer gives way, per run, to one whose content the server holds: in the session, and while a
 * run waits in a step. The caller's JSON never reaches the config.
 */
import type { Run } from "../run.ts";
import type { Adapted, Adapter, AdapterCall, Place } from "./adapter.ts";
import { CHAT_SCHEMA, givenMessages } from "./chat.ts";
import { ConfigKeys } from "./config-keys.ts";
import { drainInto } from "./draining.ts";
import { answerOf, KeptState, type Question } from "./kept-state.ts";
import { GraphEvents } from "./langgraph-events.ts";
import { exportThread, importThread, newestSaver, type Saver } from "./langgraph-saver.ts";
import { graphSchema } from "./langgraph-schema.ts";
import { classNames, hasMethods, invoke, isObject, listOf, read } from "./read.ts";
import { runEvents } from "./runnable-events.ts";

export const langgraph: Adapter = {
  name: "langgraph",
  verbs: ["invoke", "stream"],
  configKeys: true,
  recognises: (value): value is object =>
    hasMethods(value, "invoke", "stream") && (isGraph(value) || isGraph(read(value, "graph"))),
  adapt,
};

/** `createAgent` of LangChain wraps its graph. */
const isGraph = (value: unknown): value is object => read(value, "lg_is_pregel") === true;

async function adapt(object: object, place: Place): Promise<Adapted> {
  const { spec, verb } = place;
  const inner = read(object, "graph");
  const graph = isGraph(inner) ? inner : object;
  const saver = await ourSaver(graph, place);
  const chat = spec.input === "chat";
  const command = await place.frameworks.part("langgraph", "Command");
  const own = chat ? CHAT_SCHEMA : graphSchema(graph);
  const keys = new ConfigKeys(spec, own);
  const kept = new KeptState(langgraph.name, spec, verb);
  const called = new Graph(object, { graph, saver, command, chat, keys, kept });
  const raw = verb === "stream";
  return {
    input: chat ? "chat" : "object",
    inputSchema: keys.schema(own),
    streams: verb !== "invoke",
    description: textOrNull(read(graph, "description")),
    notes: saver === "none" ? [`${spec.tag}: no checkpointer of LangGraph was found: sessions are not kept`] : [],
    call: (call) => (raw ? called.raw(call) : called.call(call)),
  };
}

const textOrNull = (value: unknown): string | null => (typeof value === "string" ? value : null);

/** `keep`: the user's own stays. `none`: ours should be used, and there is no class to make it of. */
type OurSaver = (() => Saver) | "keep" | "none";

async function ourSaver(graph: object, { spec, frameworks }: Place): Promise<OurSaver> {
  const own = read(graph, "checkpointer");
  const inMemory = classNames(own).includes("MemorySaver") && own !== undefined;
  if (spec.checkpointer === "keep" || (isObject(own) && !inMemory) || own === false) return "keep";
  return newestSaver(inMemory ? own : null, await frameworks.part("langgraph", "MemorySaver"));
}

interface GraphOptions {
  /** What has the channels: the object itself, or the graph in it. */
  readonly graph: object;
  readonly saver: OurSaver;
  /** The class of what goes on after an interrupt. */
  readonly command: unknown;
  readonly chat: boolean;
  readonly keys: ConfigKeys;
  readonly kept: KeptState;
}

/** One run's own saver, config and input. */
interface Begun {
  readonly saver: Saver | null;
  readonly thread: string;
  readonly config: object;
  readonly given: unknown;
}

class Graph {
  readonly #object: object;
  readonly #options: GraphOptions;

  constructor(object: object, options: GraphOptions) {
    this.#object = object;
    this.#options = options;
  }

  /** The object itself: messages are streamed for those who read events. */
  async call(call: AdapterCall): Promise<void> {
    const { run } = call;
    const begun = await this.#begin(call);
    const events = new GraphEvents(run, run.body.stream);
    const modes = run.body.stream ? ["messages", "updates", "custom", "values"] : ["updates", "values"];
    const stream = await this.#stream(begun, { streamMode: modes, subgraphs: true });
    await drainInto(call, stream, (item) => events.take(item));
    await this.#finish(run, begun, events.interrupts);
    run.succeed("value", outputOf(events.state, read(this.#options.graph, "outputChannels")));
  }

  /** `app.stream`: its own items, in its own mode. */
  async raw(call: AdapterCall): Promise<void> {
    const { run } = call;
    const begun = await this.#begin(call);
    let interrupts: unknown[] | null = null;
    await drainInto(call, await this.#stream(begun, {}), (item) => {
      const found = read(item, "__interrupt__");
      if (Array.isArray(found)) interrupts = [...(interrupts ?? []), ...found];
      else run.event("chunk", item);
    });
    await this.#finish(run, begun, interrupts);
    run.succeed("stream", undefined);
  }

  #stream({ given, config }: Begun, more: object): unknown {
    return invoke(this.#object, "stream", given, { ...config, ...more });
  }

  async #begin({ input, run, signal }: AdapterCall): Promise<Begun> {
    const { saver: ours, kept, keys, chat } = this.#options;
    const thread = run.body.session_id ?? run.body.run_id;
    const saver = typeof ours === "function" ? ours() : null;
    const waited = kept.waited(run);
    if (saver !== null)
      await importThread(saver, thread, waited === undefined ? kept.load(run) : read(waited, "thread"));
    const { given: own, said } = keys.of(input);
    const config = {
      // LangGraph's own key for the checkpointer that a parent lends its graph: the object is not changed, nor copied.
      configurable: { ...said, thread_id: thread, ...(saver === null ? {} : { __pregel_checkpointer: saver }) },
      callbacks: [runEvents(run, { tools: false })],
      // Ours is kept when the run ends or waits: what it holds in between is looked at by nobody.
      ...(saver === null ? {} : { durability: "exit" }),
      signal,
    };
    const given = waited === undefined ? (chat ? asMessages(own) : own) : this.#resumed(waited, answerOf(run));
    return { saver, thread, config, given };
  }

  #resumed(waited: unknown, answer: unknown): unknown {
    const ids = listOf(read(waited, "ids")).map(String);
    if (ids.length === 0) return null; // at a breakpoint any answer goes on
    const { command } = this.#options;
    if (typeof command !== "function") throw new TypeError("the agent's copy of LangGraph has no Command");
    return Reflect.construct(command, [{ resume: answerTo(ids, answer) }]);
  }

  /** `interrupts`: null when the graph came to its end; empty at a breakpoint of `interruptBefore`. */
  async #finish(run: Run, begun: Begun, interrupts: readonly unknown[] | null): Promise<void> {
    if (interrupts === null && run.body.session_id === null) return;
    const { saver, thread, config } = begun;
    const { kept } = this.#options;
    const saved = saver === null ? null : await exportThread(saver, thread);
    if (interrupts !== null) {
      const before = interrupts.length > 0 ? [] : read(await invoke(this.#object, "getState", config), "next");
      kept.wait(run, { thread: saved, ids: interrupts.map(idOf) }, questions(interrupts, before));
    }
    if (saved !== null) kept.save(run, saved);
  }
}

const idOf = (interrupt: unknown): string =>
  String(read(interrupt, "id") ?? read(interrupt, "interrupt_id") ?? "interrupt");

/** One question gets the answer as it is, where that has one meaning; several get theirs by id, or all the same. */
function answerTo(ids: readonly string[], answer: unknown): unknown {
  const meant = answer !== null && !(isObject(answer) && Object.keys(answer).length === 0);
  if (ids.length === 1 && meant) return answer;
  return Object.fromEntries(ids.map((id) => [id, isObject(answer) && id in answer ? read(answer, id) : answer]));
}

function questions(interrupts: readonly unknown[], before: unknown): readonly Question[] {
  if (interrupts.length === 0) return [{ id: "breakpoint", question: { before }, schema: null }];
  return interrupts.map((one) => ({ id: idOf(one), question: read(one, "value") ?? null, schema: null }));
}

function asMessages(input: unknown): object {
  return { messages: givenMessages(input) };
}

/** As `invoke` answers: the channels of the output alone. */
function outputOf(state: unknown, channels: unknown): unknown {
  if (!Array.isArray(channels) || !isObject(state)) return state ?? null;
  return Object.fromEntries(channels.filter((name) => name in state).map((name) => [name, read(state, name)]));
}
