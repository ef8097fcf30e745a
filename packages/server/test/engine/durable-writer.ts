/** Keeps durable runs, ends them and archives them until it is killed, and says of each what is on disk by then. */
import { join } from "node:path";
import { DEFAULT_LIMITS, type KeptRun, newId, type RunRecord } from "@runagent/protocol";
import { RunArchive } from "../../src/control/runs/archive.ts";
import { KEPT_RUNS } from "../../src/control/runs/recover.ts";
import { openSqliteStore } from "../../src/engine/index.ts";
import { systemClock } from "../../src/scheduler/clock.ts";

const folder = process.argv[2] ?? "";
const store = await openSqliteStore({ file: join(folder, "engine.db"), limits: DEFAULT_LIMITS, clock: systemClock });
const archive = await RunArchive.open({
  ...{ file: join(folder, "runs.db"), limits: DEFAULT_LIMITS, now: Date.now },
  written: async () => undefined,
  note: () => undefined,
});
const about = { idempotency: null, background: true };
for (;;) await Promise.all(Array.from({ length: 8 }, one));

/** As `runagent server` does: kept before it is dispatched, archived after its end, then no longer kept. */
async function one(): Promise<void> {
  const id = newId("run");
  const running = recordOf(id);
  await keep(running);
  process.stdout.write(`kept ${id}\n`);
  const record = { ...running, status: "succeeded" as const, ended_at: new Date().toISOString(), last_event: 1 };
  await keep(record);
  process.stdout.write(`answered ${id}\n`);
  const events = [{ n: 1, type: "result" as const, data: "{}" }];
  await archive.store([{ ...about, record, keyId: null, streamed: false, attemptFrom: 0, events, logs: [] }]);
  await store.update(`${KEPT_RUNS}${id}`, () => null);
}

async function keep(record: RunRecord): Promise<void> {
  const kept: KeptRun = { ...about, record, key_id: null, idempotent: false };
  await store.update(`${KEPT_RUNS}${record.id}`, () => JSON.stringify(kept));
}

function recordOf(id: string): RunRecord {
  const now = new Date().toISOString();
  return {
    ...{ id, agent: "a", version: "v1", tag: "t", status: "running", input: "{}", output: null, error: null },
    ...{ session: null, user: null, attempt: 1, metadata: "{}", durable: true, created_at: now, started_at: now },
    ...{ ended_at: null, last_event: 0, usage: { duration_ms: 0, input_tokens: null, output_tokens: null } },
  };
}
