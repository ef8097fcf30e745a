/** What `ps` and the metrics show of the workers. */
import type { Pool } from "./pool.ts";
import type { PooledWorker } from "./pooled-worker.ts";
import type { Run } from "./run.ts";
import { iso } from "./run-record.ts";
import type { Version } from "./version.ts";

export interface WorkerRow {
  readonly agent: string;
  readonly version: string;
  readonly worker: string;
  readonly pid: number;
  readonly state: "idle" | "busy" | "draining";
  readonly runs: readonly string[];
  readonly since: string;
}

export interface SchedulerStats {
  readonly queued: number;
  readonly workers: {
    readonly starting: number;
    readonly idle: number;
    readonly busy: number;
    readonly draining: number;
  };
}

type Pools = Iterable<readonly [Version, Pool<Run>]>;

export function workerRows(pools: Pools): WorkerRow[] {
  const rows: WorkerRow[] = [];
  for (const [version, pool] of pools) {
    for (const one of pool.workers) {
      rows.push({
        agent: version.agent,
        version: version.name,
        worker: one.worker.id,
        pid: one.worker.pid,
        state: stateOf(one, version),
        runs: one.stays.map((stay) => stay.runId),
        since: iso(one.since),
      });
    }
  }
  return rows;
}

export function statsOf(pools: Pools): SchedulerStats {
  let queued = 0;
  const workers = { starting: 0, idle: 0, busy: 0, draining: 0 };
  for (const [version, pool] of pools) {
    queued += pool.queued;
    workers.starting += pool.starting;
    for (const one of pool.workers) workers[stateOf(one, version)] += 1;
  }
  return { queued, workers };
}

function stateOf(worker: PooledWorker, version: Version): "idle" | "busy" | "draining" {
  if (worker.gone || version.retired) return "draining";
  return worker.stays.length > 0 ? "busy" : "idle";
}
