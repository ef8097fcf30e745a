import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import {
  type Caller,
  DEFAULT_LIMITS,
  firstId,
  type KeptRun,
  newId,
  type RunFilter,
  type RunRecord,
} from "@runagent/protocol";
import { tempFolder } from "@runagent/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { RunArchive, type RunArchiveOptions } from "../../../src/control/runs/archive.ts";
import { ArchivedHandle } from "../../../src/control/runs/archived-handle.ts";
import type { EndedRun } from "../../../src/control/runs/ports.ts";
import { KEPT_RUNS, recoverRuns } from "../../../src/control/runs/recover.ts";
import { createMemoryStore } from "../../../src/engine/index.ts";
import { systemClock } from "../../../src/scheduler/clock.ts";

const DAY = 24 * 3600 * 1000;
/** Of an id, with its prefix. */
const TIME_LETTERS = 14;
const START = Date.parse("2026-01-01T00:00:00.000Z");
const ALL: RunFilter = {
  ...{ agent: null, statuses: null, session: null, batch: null },
  sinceMs: null,
  cursor: null,
  limit: 50,
};
const key = (keyId: string, scopes: string[], agents: string[] | null = null): Caller => ({ keyId, scopes, agents });

interface Wishes {
  readonly caller?: Caller;
  readonly agent?: string;
  readonly durable?: boolean;
  readonly key?: string;
  readonly at?: number;
  readonly input?: string;
}

function record(id: string, { agent = "a", at = START, durable = false, input = "{}" }: Wishes = {}): RunRecord {
  const iso = new Date(at).toISOString();
  return {
    ...{ id, agent, version: "v1", tag: "t", status: "succeeded", input, output: '"xy"', error: null, session: null },
    ...{
      user: null,
      attempt: 1,
      metadata: "{}",
      durable,
      created_at: iso,
      started_at: iso,
      ended_at: iso,
      last_event: 4,
    },
    usage: { duration_ms: 0, input_tokens: null, output_tokens: null },
  };
}

function ended(wishes: Wishes = {}): EndedRun {
  const { caller = null, agent = "a", durable = false, key: name, input = "{}", at = START } = wishes;
  const id = firstId("run", at).slice(0, TIME_LETTERS) + newId("run").slice(TIME_LETTERS);
  const events = [
    { n: 1, type: "started" as const, data: "{}" },
    { n: 2, type: "chunk" as const, data: '"x"' },
    { n: 3, type: "chunk" as const, data: '"y"' },
    { n: 4, type: "result" as const, data: '{"output":"xy"}' },
  ];
  return {
    ...{ id, durable, inBackground: false, attemptFrom: 0, weight: input.length },
    request: { caller, agent, idempotency: name === undefined ? null : { key: name, fingerprint: "f" } },
    state: { kind: "ended", outcome: { kind: "succeeded", streamed: true } },
    events: { last: 4, slice: (after, max) => events.slice(after, after + max) },
    logs: [{ at: "t", level: "info", stream: "stdout", message: "said" }],
    record: () => record(id, wishes),
  };
}

const VERSION_1 = `
  CREATE TABLE runs (id TEXT PRIMARY KEY, agent TEXT NOT NULL, status TEXT NOT NULL, session TEXT, batch TEXT, key_id TEXT,
    scope TEXT, created_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX runs_status ON runs (status, id);
  CREATE INDEX runs_ended ON runs (ended_at);
  CREATE TABLE parts (id TEXT PRIMARY KEY, about TEXT NOT NULL, events TEXT, logs TEXT);
  PRAGMA user_version = 1;`;

interface World {
  readonly file: string;
  readonly written: string[];
  readonly notes: string[];
  now: number;
}

async function world(): Promise<World> {
  const folder = await tempFolder({});
  onTestFinished(() => folder.close());
  return { file: join(folder.path, "runs.db"), written: [], notes: [], now: START };
}

async function open(here: World, limits: Partial<RunArchiveOptions["limits"]> = {}): Promise<RunArchive> {
  const archive = await RunArchive.open({
    ...{ file: here.file, limits: { ...DEFAULT_LIMITS, ...limits }, now: () => here.now },
    written: async (ids) => void here.written.push(...ids),
    note: (sentence) => here.notes.push(sentence),
  });
  onTestFinished(() => archive.close());
  return archive;
}

/** The same file, by the next server. */
async function reopened(here: World, archive: RunArchive, limits: Partial<RunArchiveOptions["limits"]> = {}) {
  await archive.close();
  const next = await open(here, limits);
  await next.store([]); // what its first sweep deletes is deleted before this
  return next;
}

const idsOf = (archive: RunArchive, caller: Caller, filter: Partial<RunFilter> = {}): string[] =>
  archive.list(caller, { ...ALL, ...filter }).items.map((one) => one.id);

describe("the archive of ended runs", () => {
  test("a run is found at once, and with its events, logs and answer after a restart", async () => {
    const here = await world();
    const archive = await open(here);
    const run = ended({ durable: true });
    archive.add(run);
    expect(archive.find(run.id)?.about.record).toEqual(run.record());
    const found = (await reopened(here, archive)).find(run.id);
    if (found === null) throw new Error("the run is gone");
    const handle = new ArchivedHandle(found, { replayed: false });
    expect(handle.record()).toEqual(run.record());
    expect(handle.events.slice(2, 10).map((event) => event.n)).toEqual([3, 4]);
    expect(handle.logs).toEqual(run.logs);
    expect(await handle.answer).toEqual({ kind: "streamed", chunks: ['"x"', '"y"'], output: '"xy"' });
    expect(here.written).toEqual([run.id]);
  });

  test("only durable runs are named as written, and one that is there stays as it is", async () => {
    const here = await world();
    const archive = await open(here);
    const [direct, durable] = [ended(), ended({ durable: true })];
    archive.add(direct);
    archive.add(durable);
    const next = await reopened(here, archive);
    const other = { ...record(durable.id), status: "failed" as const };
    await next.store([{ ...aboutNothing, record: other }]);
    expect(next.find(durable.id)?.about.record.status).toBe("succeeded");
    expect(here.written).toEqual([durable.id]);
    expect(next.find(direct.id)).not.toBeNull();
  });

  test("when too much waits, direct runs are dropped and counted, durable ones never", async () => {
    const here = await world();
    const archive = await open(here, { archive_queue: 6000 });
    const large = "x".repeat(4000);
    const [first, second, durable] = [
      ended({ input: large }),
      ended({ input: large }),
      ended({ durable: true, input: large }),
    ];
    for (const run of [first, second, durable]) archive.add(run);
    const next = await reopened(here, archive);
    expect([first, second, durable].map((run) => next.find(run.id) !== null)).toEqual([true, false, true]);
    expect(here.notes.join()).toContain("1 direct runs");
  });

  test("a file of the version before is brought up to this one", async () => {
    const here = await world();
    const old = new DatabaseSync(here.file);
    old.exec(VERSION_1);
    const about = { record: record("run_1"), keyId: null, idempotency: null, background: false, streamed: false };
    old
      .prepare("INSERT INTO runs VALUES ('run_1', 'a', 'succeeded', NULL, NULL, NULL, NULL, ?, ?, 9)")
      .run(START, START);
    old.prepare("INSERT INTO parts VALUES ('run_1', ?, '[]', NULL)").run(JSON.stringify({ ...about, attemptFrom: 0 }));
    old.close();
    const archive = await open(here);
    expect(archive.find("run_1")?.about.record.output).toBe('"xy"');
    expect(archive.list(null, ALL).items.map((run) => run.id)).toEqual(["run_1"]);
    await archive.close();
    await (await open(here)).close();
  });

  test("failed runs are found among many others", async () => {
    const here = await world();
    const archive = await open(here);
    const runs = Array.from({ length: 600 }, () => ended());
    for (const run of runs) archive.add(run);
    const failed: EndedRun = { ...ended(), record: () => ({ ...record(failed.id), status: "failed" }) };
    archive.add(failed);
    const next = await reopened(here, archive);
    expect(next.list(null, { ...ALL, statuses: ["failed", "cancelled"] }).items.map((run) => run.id)).toEqual([
      failed.id,
    ]);
    expect(next.list(null, { ...ALL, statuses: ["succeeded", "failed"], limit: 700 }).items).toHaveLength(601);
  });

  test("events go after a week, runs after a month, the oldest when all are too large", async () => {
    const here = await world();
    let archive = await open(here);
    const [old, young] = [ended({ at: START }), ended({ at: START + 20 * DAY })];
    archive.add(old);
    archive.add(young);
    here.now = START + 8 * DAY;
    archive = await reopened(here, archive);
    const found = archive.find(old.id);
    if (found === null) throw new Error("the run is gone");
    const handle = new ArchivedHandle(found, { replayed: false });
    expect(() => handle.events.slice(0, 1)).toThrow(expect.objectContaining({ code: "EVENTS_GONE" }));
    expect(await handle.answer).toEqual({ kind: "value", output: '"xy"' });
    expect(archive.find(young.id)?.events()).toHaveLength(4);
    here.now = START + 31 * DAY;
    archive = await reopened(here, archive);
    expect([old, young].map((run) => archive.find(run.id) === null)).toEqual([true, false]);
    archive = await reopened(here, archive, { archive_bytes: 10 });
    expect(archive.find(young.id)).toBeNull();
    expect(here.notes).toEqual([]);
  });

  test("an Idempotency-Key counts for its caller and agent, for a day", async () => {
    const here = await world();
    const caller = key("k1", ["run"]);
    const run = ended({ caller, key: "once", durable: true });
    let archive = await open(here);
    archive.add(run);
    const scope = { caller, agent: "a", key: "once" };
    expect(archive.under(scope)?.about.record.id).toBe(run.id);
    archive = await reopened(here, archive);
    expect(archive.under(scope)?.about).toMatchObject({ record: { id: run.id }, idempotency: { fingerprint: "f" } });
    expect(archive.under({ ...scope, agent: "b" })).toBeNull();
    expect(archive.under({ ...scope, caller: key("k2", ["run"]) })).toBeNull();
    here.now = START + DAY + 1;
    expect(archive.under(scope)).toBeNull();
  });

  test("lists are newest first, in pages, and show a caller what it may see", async () => {
    const here = await world();
    const mine = key("k1", ["run"]);
    const runs = [
      ended({ caller: mine }),
      ended({ caller: mine, agent: "b" }),
      ended({ caller: key("k2", ["run"]) }),
      ended(),
    ];
    let archive = await open(here);
    for (const run of runs) archive.add(run);
    archive = await reopened(here, archive);
    const [a, b, c, d] = runs.map((run) => run.id);
    expect(idsOf(archive, null)).toEqual([d, c, b, a]);
    const first = archive.list(null, { ...ALL, limit: 3 });
    expect(first.next).toBe(b);
    expect(archive.list(null, { ...ALL, limit: 3, cursor: first.next })).toMatchObject({
      items: [{ id: a }],
      next: null,
    });
    expect(idsOf(archive, mine)).toEqual([b, a]);
    expect(idsOf(archive, key("k3", ["run"]))).toEqual([]);
    expect(idsOf(archive, key("k3", ["read"]))).toEqual([d, c, b, a]);
    expect(idsOf(archive, key("k3", ["read"], ["b"]))).toEqual([b]);
    expect(idsOf(archive, null, { agent: "a", statuses: ["succeeded"], sinceMs: START })).toEqual([d, c, a]);
    expect(idsOf(archive, null, { statuses: ["failed"] })).toEqual([]);
  });

  test("a file of a newer version is refused and stays as it is", async () => {
    const here = await world();
    const database = new DatabaseSync(here.file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(open(here)).rejects.toThrow("newer RunAgent");
  });
});

const aboutNothing = {
  ...{ keyId: null, idempotency: null, background: false, streamed: false, attemptFrom: 0, events: null, logs: [] },
};

test("durable runs that were left in the engine have one end each, whenever the server was killed", async () => {
  const here = await world();
  const archive = await open(here);
  const store = createMemoryStore({ clock: systemClock, limits: DEFAULT_LIMITS });
  onTestFinished(() => store.close());
  const keep = (run: RunRecord, idempotent: boolean): Promise<unknown> => {
    const kept: KeptRun = { record: run, key_id: "k1", idempotency: null, background: true, idempotent };
    return store.update(`${KEPT_RUNS}${run.id}`, () => JSON.stringify(kept));
  };
  const unfinished = { status: "running", output: null, ended_at: null, durable: true, last_event: 0 } as const;
  const [safe, unsafe, over, known] = [newId("run"), newId("run"), newId("run"), newId("run")];
  await keep({ ...record(safe), ...unfinished }, true);
  await keep({ ...record(unsafe), ...unfinished }, false);
  await keep(record(over, { durable: true }), false);
  await archive.store([{ ...aboutNothing, record: record(known) }]);
  await keep({ ...record(known), ...unfinished }, false);

  expect(await recoverRuns({ records: store, archive, now: () => START + 1000 })).toBe(2);
  expect(archive.find(safe)?.about).toMatchObject({
    keyId: "k1",
    record: { status: "failed", error: { code: "WORKER_LOST", origin: "platform", retryable: true }, last_event: 1 },
  });
  expect(archive.find(safe)?.events()).toMatchObject([{ n: 1, type: "error" }]);
  expect(archive.find(unsafe)?.about.record.error?.retryable).toBe(false);
  expect([over, known].map((id) => archive.find(id)?.about.record.status)).toEqual(["succeeded", "succeeded"]);
  expect(await store.list(KEPT_RUNS)).toEqual([]);
  expect(await recoverRuns({ records: store, archive, now: () => START + 2000 })).toBe(0);
});
