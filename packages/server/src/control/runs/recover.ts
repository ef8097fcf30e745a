/**
 * Durable runs that an earlier server has left in the engine. Those that had not ended end now, once (R1, R3): their worker
 * is gone, or nobody knows what it did. All go to the archive; then the engine no longer has them.
 */
import type { KeptRun, RunEvent, RunRecord } from "@runagent/protocol";
import { problem } from "@runagent/protocol";
import type { ArchivedRun, Found } from "./ports.ts";

export interface KeptRecords {
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
  update(key: string, f: (value: string | null) => string | null | undefined): Promise<unknown>;
}

export interface Recovery {
  readonly records: KeptRecords;
  readonly archive: { find(id: string): Found | null; store(runs: readonly ArchivedRun[]): Promise<void> };
  readonly now: () => number;
}

export const KEPT_RUNS = "default/runs/";

/** Runs that had not ended. */
export async function recoverRuns({ records, archive, now }: Recovery): Promise<number> {
  const kept = await records.list(KEPT_RUNS);
  const missing = kept
    .filter(({ key }) => archive.find(key.slice(KEPT_RUNS.length)) === null)
    .map(({ value }): KeptRun => JSON.parse(value));
  if (missing.length > 0) await archive.store(missing.map((run) => archived(run, now())));
  await Promise.all(kept.map(({ key }) => records.update(key, () => null)));
  return missing.filter(({ record }) => record.ended_at === null).length;
}

function archived(run: KeptRun, at: number): ArchivedRun {
  const { record, key_id: keyId, idempotency, background } = run;
  const about = { keyId, idempotency, background, streamed: false, attemptFrom: 0, logs: [] };
  if (record.ended_at !== null) return { ...about, record, events: null };
  return { ...about, ...lost(run, at) };
}

function lost({ record, idempotent }: KeptRun, at: number): { record: RunRecord; events: RunEvent[] } {
  const { waiting: _waiting, ...rest } = record;
  const error = problem("WORKER_LOST", "The server ended while the run went on.", {
    run_id: record.id,
    retryable: idempotent,
    origin: "platform",
    hint: idempotent ? "Run it again." : "Look at what it has done before you run it again.",
  });
  return {
    record: { ...rest, status: "failed", error, ended_at: new Date(at).toISOString(), last_event: 1 },
    events: [{ n: 1, type: "error", data: JSON.stringify(error) }],
  };
}
