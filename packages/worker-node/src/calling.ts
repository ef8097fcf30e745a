/**
 * Calls an entrypoint for one run and lets it end once (R1, R3): the value, the stream, or what was thrown. A plain
 * function that returns plain data ends in the same turn of the loop.
 */
import { RunAgentError } from "@runagent/protocol";
import { adapterFor } from "./adapters/index.ts";
import { type ContextOptions, RunContext } from "./context.ts";
import { deliver, isPlainResult } from "./deliver.ts";
import type { Entrypoint } from "./entrypoint.ts";
import type { Flow } from "./flow.ts";
import { leave } from "./leaving.ts";
import { errorItem, isError } from "./problems.ts";
import type { Run } from "./run.ts";

export interface Calling {
  readonly context: ContextOptions;
  readonly flow: Flow;
}

export async function execute(entrypoint: Entrypoint, run: Run, calling: Calling): Promise<void> {
  try {
    openSession(run);
    const context = new RunContext(run, calling.context);
    if (entrypoint.target.kind === "agent") {
      const { object, adapter, verb } = entrypoint.target;
      return await adapter.call({ object, verb, input: run.body.input, run, context, flow: calling.flow });
    }
    const { schema } = entrypoint;
    const input: unknown = schema === null ? run.body.input : await schema.parse(run.body.input);
    let value: unknown = Reflect.apply(entrypoint.target.call, entrypoint.target.self, [input, context]);
    if (isThenable(value)) value = await value;
    if (entrypoint.type === "batch") return run.succeed("value", batchOf(value, input));
    if (isPlainResult(value)) return run.succeed("value", value);
    await deliverResult(entrypoint, value, { run, context, flow: calling.flow });
  } catch (error) {
    run.fail(error);
  }
}

interface Call {
  readonly run: Run;
  readonly context: RunContext;
  readonly flow: Flow;
}

const factoryMade = new WeakMap<Entrypoint, object>();

/** A function that returns an agent object is its factory: called once per worker, or per run if the config says so. */
async function deliverResult(entrypoint: Entrypoint, value: unknown, call: Call): Promise<void> {
  const adapter = adapterFor(value, entrypoint.spec.adapter);
  if (adapter === null || typeof value !== "object" || value === null) return deliver(call.run, value, call.flow);
  const perRun = entrypoint.spec.factory === "run";
  const object = perRun ? value : (factoryMade.get(entrypoint) ?? value);
  if (!perRun) factoryMade.set(entrypoint, object);
  await adapter.call({ object, verb: null, input: call.run.body.input, ...call });
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
