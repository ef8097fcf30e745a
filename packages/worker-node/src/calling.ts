/**
 * Calls an entrypoint for one run and lets it end once (R1, R3): the value, the stream, or what was thrown. A plain
 * function that returns plain data ends in the same turn of the loop.
 */
import { RunAgentError } from "@runagent/protocol";
import type { Adapted } from "./adapters/adapter.ts";
import { adapterFor } from "./adapters/index.ts";
import { type ContextOptions, RunContext } from "./context.ts";
import { deliver, isPlainResult } from "./deliver.ts";
import type { Entrypoint } from "./entrypoint.ts";
import type { Flow } from "./flow.ts";
import { leave } from "./leaving.ts";
import { errorItem, isError } from "./problems.ts";
import type { Target } from "./resolve.ts";
import type { Run } from "./run.ts";

export interface Calling {
  readonly context: ContextOptions;
  readonly flow: Flow;
}

export async function execute(entrypoint: Entrypoint, run: Run, calling: Calling): Promise<void> {
  try {
    openSession(run);
    const call = { run, context: new RunContext(run, calling.context), flow: calling.flow };
    const { target } = entrypoint;
    const agent = entrypoint.agent ?? made.get(entrypoint);
    if (agent !== undefined) return await callAgent(agent, call);
    if (target.kind === "function") await callFunction(entrypoint, target, call);
  } catch (error) {
    run.fail(error);
  }
}

async function callFunction(entrypoint: Entrypoint, target: Target & { kind: "function" }, call: Call): Promise<void> {
  const { run, context } = call;
  const { schema } = entrypoint;
  const input: unknown = schema === null ? run.body.input : await schema.parse(run.body.input);
  let value: unknown = Reflect.apply(target.call, target.self, [input, context]);
  if (isThenable(value)) value = await value;
  if (entrypoint.type === "batch") run.succeed("value", batchOf(value, input));
  else if (isPlainResult(value)) run.succeed("value", value);
  else await deliverResult(entrypoint, value, call);
}

/** What a framework still does for a call that failed is stopped with it. */
async function callAgent(agent: Adapted, call: Call): Promise<void> {
  const failed = new AbortController();
  const signal = AbortSignal.any([call.run.signal, failed.signal]);
  try {
    await agent.call({ input: call.run.body.input, signal, ...call });
  } catch (error) {
    failed.abort(error);
    throw error;
  }
}

interface Call {
  readonly run: Run;
  readonly context: RunContext;
  readonly flow: Flow;
}

/** What factories made, for the rest of the worker's life. */
const made = new WeakMap<Entrypoint, Adapted>();

/** A function that returns an agent object is its factory: called once per worker, or per run if the config says so. */
async function deliverResult(entrypoint: Entrypoint, value: unknown, call: Call): Promise<void> {
  const adapter = adapterFor(value, entrypoint.spec.adapter);
  if (adapter === null || typeof value !== "object" || value === null) return deliver(call.run, value, call.flow);
  const { spec, frameworks } = entrypoint;
  const agent = await adapter.adapt(value, { spec, verb: null, frameworks });
  if (entrypoint.spec.factory !== "run") made.set(entrypoint, agent);
  await callAgent(agent, call);
}

/** The session's state is the agent's to change; whether it did is seen at the end. */
function openSession(run: Run): void {
  if (run.body.session_id === null) return;
  const state = run.body.session;
  if (typeof state === "object" && state !== null) run.session = state;
  run.sessionBefore = leave(run.session).json;
}

function batchOf(value: unknown, input: unknown): readonly unknown[] {
  const wanted = Array.isArray(input) ? input.length : 1;
  if (!Array.isArray(value)) {
    throw new RunAgentError("BATCH_MISMATCH", `${wanted} item(s) went in, no list came out`);
  }
  if (value.length !== wanted) {
    throw new RunAgentError("BATCH_MISMATCH", `${wanted} item(s) went in, ${value.length} came out`);
  }
  return value.map((item: unknown) => (isError(item) ? errorItem(item) : item));
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";
}
