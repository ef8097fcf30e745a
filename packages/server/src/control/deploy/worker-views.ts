/** What `ps` shows: a row a worker, and a row a sandbox for those who ask for all. */
import type { WorkerView } from "@runagent/protocol";
import type { Residency } from "./residency.ts";

/** Of the scheduler. */
export interface Row {
  readonly agent: string;
  readonly version: string;
  readonly worker: string;
  readonly pid: number;
  readonly state: "idle" | "busy" | "draining";
  readonly runs: readonly string[];
  readonly since: string;
}

export const workerViews = (rows: readonly Row[], memoryOf: (pid: number) => number | null): WorkerView[] =>
  rows.map((row) => ({ ...row, memory: memoryOf(row.pid) }));

export function sandboxRows<Source>(places: readonly Residency<Source>[]): WorkerView[] {
  return places.flatMap(({ record, state, since, bytes }) => {
    if (state === "cold") return [];
    const { agent, version } = record;
    const at = new Date(since).toISOString();
    return [{ agent, version, worker: "sandbox", pid: null, state, runs: [], memory: bytes, since: at }];
  });
}
