/** Workers as rows for people. */
import type { WorkerView } from "@runagent/sdk";
import { table } from "./table.ts";

const MB = 1_000_000;

export function workerTable(items: readonly WorkerView[]): string {
  return table(["AGENT", "VERSION", "WORKER", "PID", "STATE", "RUNS", "MEMORY", "SINCE"], items.map(row));
}

const row = ({ agent, version, worker, pid, state, runs, memory, since }: WorkerView): string[] => [
  ...[agent, version, worker, pid === null ? "" : String(pid), state, String(runs.length)],
  memory === null ? "" : `${Math.round(memory / MB)} MB`,
  since,
];
