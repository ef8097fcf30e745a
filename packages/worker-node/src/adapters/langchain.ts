/**
 * Runnables of LangChain.js: chains, models, retrievers, `RunnableWithMessageHistory`. A prompt's variables are the input's
 * keys; what begins with a model takes text or messages. The session's name is `configurable.session_id`; what is kept
 * under it is the chain's own.
 */
import type { Run } from "../run.ts";
import type { Adapted, Adapter, AdapterCall, Place } from "./adapter.ts";
import { CHAT_SCHEMA, givenMessages } from "./chat.ts";
import { ConfigKeys } from "./config-keys.ts";
import { drainInto } from "./draining.ts";
import { hasMethods, invoke, isObject, listOf, read } from "./read.ts";
import { messageKind, runEvents, sendPieces } from "./runnable-events.ts";

export const langchain: Adapter = {
  name: "langchain",
  verbs: ["invoke", "stream"],
  configKeys: true,
  recognises: (value): value is object =>
    read(value, "lc_runnable") === true && hasMethods(value, "invoke", "stream", "pipe"),
  adapt,
};

function adapt(object: object, { spec, verb }: Place): Adapted {
  const first = firstOf(object);
  const chat = spec.input === "chat" || typeof read(first, "_llmType") === "function";
  const own = chat ? { anyOf: [CHAT_SCHEMA, { type: "string" }] } : promptSchema(first);
  const keys = new ConfigKeys(spec, own);
  return {
    input: chat ? "chat" : "object",
    inputSchema: keys.schema(own),
    streams: verb !== "invoke",
    call: async (call) => {
      const { given, said } = keys.of(call.input);
      const input = chat && typeof given !== "string" ? givenMessages(given) : given;
      await callRunnable(object, { ...call, input, said }, verb);
    },
  };
}

/** `said`: what the caller may set of the config. */
type RunnableCall = AdapterCall & { readonly said: object };

async function callRunnable(object: object, call: RunnableCall, verb: string | null): Promise<void> {
  const { input, run, signal, said } = call;
  const config = {
    configurable: { ...said, session_id: run.body.session_id ?? run.body.run_id },
    callbacks: [runEvents(run, { tools: true })],
    signal,
  };
  const raw = verb === "stream";
  if (!raw && (verb !== null || !run.body.stream))
    return run.succeed("value", await invoke(object, "invoke", input, config));
  let whole: unknown;
  await drainInto(call, await invoke(object, "stream", input, config), (chunk) => {
    if (raw) return run.event("chunk", chunk);
    take(run, chunk);
    whole = added(whole, chunk);
  });
  if (raw) run.succeed("stream", undefined);
  else run.succeed("value", whole ?? null);
}

/** What a person reads, else the chunk itself. */
function take(run: Run, chunk: unknown): void {
  if (typeof chunk === "string") sendPieces(run, chunk);
  else if (messageKind(chunk) === "ai") sendPieces(run, read(chunk, "content"));
  else run.event("chunk", chunk);
}

/** As LangChain puts chunks together: text and lists are joined, messages join themselves, objects by key. */
function added(whole: unknown, chunk: unknown): unknown {
  if (whole === undefined) return chunk;
  if (typeof whole === "string" && typeof chunk === "string") return whole + chunk;
  if (Array.isArray(whole)) return [...whole, ...listOf(chunk)];
  if (hasMethods(whole, "concat")) return invoke(whole, "concat", chunk);
  if (!isPlain(whole) || !isPlain(chunk)) return chunk;
  const keys = Object.entries(chunk).map(([key, value]) => [key, added(read(whole, key), value)]);
  return { ...whole, ...Object.fromEntries(keys) };
}

const isPlain = (value: unknown): value is object =>
  isObject(value) && Object.getPrototypeOf(value) === Object.prototype;

/** What gets the input: of a sequence its first step, of a bound runnable what is bound. */
function firstOf(object: object): object {
  const inner = read(object, "first") ?? read(object, "bound");
  return isObject(inner) && inner !== object ? firstOf(inner) : object;
}

/** Of a prompt its variables; of anything else, any JSON. */
function promptSchema(first: object): object {
  const names = read(first, "inputVariables");
  if (!Array.isArray(names) || names.length === 0) return {};
  const given = read(first, "partialVariables");
  const needed = names.filter((name) => typeof name === "string" && !(isObject(given) && name in given));
  return { type: "object", properties: Object.fromEntries(needed.map((name) => [name, {}])), required: needed };
}
