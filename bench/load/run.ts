/** Starts a load client as a process of its own and reads its outcome. */
import { resolve } from "node:path";
import { startProcess } from "@runagent/testing";
import type { CallOutcome, CallPlan } from "./calls.ts";
import type { StreamOutcome, StreamPlan } from "./streams.ts";

const LIMIT_MS = 300_000;

export const runCalls = (plan: CallPlan): Promise<CallOutcome> => run("calls.ts", plan);
export const runStreams = (plan: StreamPlan): Promise<StreamOutcome> => run("streams.ts", plan);

async function run<T>(file: string, plan: object): Promise<T> {
  await using client = startProcess([process.execPath, resolve(import.meta.dirname, file), JSON.stringify(plan)]);
  return JSON.parse(await client.line(() => true, LIMIT_MS));
}
