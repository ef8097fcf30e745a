/**
 * Which worker takes a run: the least loaded that answers and has room, the oldest among equals. Runs spread over the
 * processes, so a loop that blocks has few neighbours, and a trickle of calls stays on the first worker.
 */
import type { Pace } from "./pace.ts";
import type { AheadLimits, PooledWorker } from "./pooled-worker.ts";

export type Scope = "agent" | "session" | "run";

export interface Waiting {
  readonly callerKey: string;
  readonly entry: { readonly slots: number; readonly pace: Pace | null };
  readonly request: { readonly session: string | null };
}

/** What a run needs of its worker. `once`: a fresh process; `session`: the session's own. */
export function needOf(scope: Scope, run: Waiting): { readonly once: boolean; readonly session: string | null } {
  if (scope === "agent") return ANY;
  if (scope === "session" && run.request.session !== null) return { once: false, session: run.request.session };
  return FRESH; // a run without a session shares its process with none
}

const ANY = { once: false, session: null };
const FRESH = { once: true, session: null };

export function place(workers: readonly PooledWorker[], scope: Scope, run: Waiting): PooledWorker | null {
  const cost = 1 / run.entry.slots;
  if (scope === "agent") return leastLoaded(workers, cost);
  const need = needOf(scope, run);
  if (need.once) return workers.find((one) => one.once && one.served === 0 && one.takes(cost)) ?? null;
  const own = workers.find((one) => one.session === need.session && one.usable);
  if (own !== undefined) return own.takes(cost) ? own : null;
  return workers.find((one) => one.session === null && !one.once && one.takes(cost)) ?? null;
}

/** Where a run of a fast plain function may wait for its turn; the worker's next one is at hand there. */
export function placeAhead(
  workers: readonly PooledWorker[],
  run: Waiting,
  { limits, now }: { readonly limits: AheadLimits; readonly now: number },
): PooledWorker | null {
  if (run.entry.pace?.fast !== true) return null;
  let best: PooledWorker | null = null;
  for (const one of workers) {
    if ((best === null || one.stays.length < best.stays.length) && one.takesAhead(limits, now)) best = one;
  }
  return best;
}

function leastLoaded(workers: readonly PooledWorker[], cost: number): PooledWorker | null {
  let best: PooledWorker | null = null;
  for (const one of workers) {
    if ((best === null || one.load < best.load) && one.takes(cost)) best = one;
  }
  return best;
}
