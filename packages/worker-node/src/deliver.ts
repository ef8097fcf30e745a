/**
 * What comes back decides, not the function: iterators, async iterators and streams are drained into events, a Response
 * passes through with its type, results of the AI SDK are mapped, everything else is the value.
 */
import { deliverAiResult, isAiResult } from "./adapters/ai-result.ts";
import type { Flow } from "./flow.ts";
import { type AnyIterator, iteratorOf, pull } from "./pulling.ts";
import { deliverResponse } from "./response.ts";
import type { Run } from "./run.ts";

export async function deliver(run: Run, value: unknown, flow: Flow): Promise<void> {
  if (typeof value !== "object" || value === null) return run.succeed("value", value);
  if (value instanceof Response) return deliverResponse(run, value, flow);
  if (isAiResult(value)) return run.succeed("value", await deliverAiResult(run, value, flow));
  const iterator = iteratorOf(value);
  if (iterator === null) return run.succeed("value", value);
  run.succeed("stream", await drain(run, iterator, flow));
}

/** Whether a value is worth the slow path; plain results stay in one turn. */
export function isPlainResult(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return typeof value !== "function";
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype === Array.prototype) return true;
  return prototype === Object.prototype && !(Symbol.asyncIterator in value) && !(Symbol.iterator in value);
}

/** Pulls an iterator dry; each item is a chunk. Gives its return value. */
async function drain(run: Run, iterator: AnyIterator, flow: Flow): Promise<unknown> {
  return pull(run, iterator, async (item) => {
    run.event("chunk", item);
    await flow.pace(run);
  });
}
