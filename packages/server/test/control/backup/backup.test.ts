import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, newId } from "@runagent/protocol";
import { afterAll, expect, test } from "vitest";
import { backup, restore } from "../../../src/control/backup/index.ts";
import { RunArchive } from "../../../src/control/runs/archive.ts";
import { KEPT_RUNS, recoverRuns } from "../../../src/control/runs/recover.ts";
import { openSqliteStore } from "../../../src/engine/index.ts";
import type { Store } from "../../../src/engine/ports.ts";
import { systemClock } from "../../../src/scheduler/clock.ts";

const root = mkdtempSync(join(tmpdir(), "runagent-backup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const UNDER_LOAD_MS = 90_000;
let count = 0;
const place = (): string => join(root, `${++count}`);
const open = (dataDir: string) =>
  openSqliteStore({ file: join(dataDir, "engine.db"), limits: DEFAULT_LIMITS, clock: systemClock });

function put(dataDir: string, text: string): string {
  const name = createHash("sha256").update(text).digest("hex");
  mkdirSync(join(dataDir, "blobs", name.slice(0, 2)), { recursive: true });
  writeFileSync(join(dataDir, "blobs", name.slice(0, 2), name), text, { mode: 0o400 });
  return join("blobs", name.slice(0, 2), name);
}

async function dataDirectory() {
  const dataDir = place();
  mkdirSync(join(dataDir, "blobs", "new"), { recursive: true });
  writeFileSync(join(dataDir, "blobs", "new", "half"), "not finished");
  writeFileSync(join(dataDir, "master.key"), "the key", { mode: 0o600 });
  const content = put(dataDir, "a bundle's file");
  const store = await open(dataDir);
  await store.update("first", () => "1");
  return { dataDir, content, store };
}

test("a backup of a store that is being written holds what was acknowledged before it, and its contents", async () => {
  const { dataDir, content, store } = await dataDirectory();
  let going = true;
  const writing = (async () => {
    for (let i = 0; going; i += 1) await store.append("log", "x".repeat(1000), { id: `${i}` });
  })();
  const file = place();
  expect(await backup({ dataDir, file, withKey: true })).toMatchObject({ contents: 1, withKey: true });
  going = false;
  await writing;
  await store.close();
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readdirSync(dataDir).filter((name) => name.startsWith(".backup"))).toEqual([]);
  const restored = place();
  mkdirSync(restored); // an empty one is as good as none
  expect(await restore({ dataDir: restored, file })).toEqual({ contents: 1, withKey: true });
  expect(readdirSync(restored).toSorted()).toEqual(["blobs", "engine.db", "master.key"]);
  expect(readFileSync(join(restored, content), "utf8")).toBe("a bundle's file");
  expect(statSync(join(restored, "master.key")).mode & 0o777).toBe(0o600);
  const again = await open(restored);
  expect((await again.update("first", () => undefined)).value).toBe("1");
  await again.close();
});

const openArchive = (dataDir: string) =>
  RunArchive.open({
    ...{ file: join(dataDir, "runs.db"), limits: DEFAULT_LIMITS, now: Date.now },
    written: async () => undefined,
    note: () => undefined,
  });

/** From the engine to the archive, as a durable run goes when it ends. */
async function endOne(store: Store, archive: RunArchive): Promise<string> {
  const kept = keptRun(newId("run"));
  const { id } = kept.record;
  await store.update(`${KEPT_RUNS}${id}`, () => JSON.stringify(kept));
  const events = [{ n: 1, type: "result" as const, data: '{"output":"done"}' }];
  await archive.store([{ ...kept, keyId: null, streamed: false, attemptFrom: 0, events, logs: [] }]);
  await store.update(`${KEPT_RUNS}${id}`, () => null);
  return id;
}

test(
  "every run that ended before it is in the backup, while others end all the time",
  async () => {
    const { dataDir, store } = await dataDirectory();
    const archive = await openArchive(dataDir);
    const before = [await endOne(store, archive), await endOne(store, archive)];
    const ending = new AbortController();
    const all: string[] = [];
    const going = Array.from({ length: 4 }, async () => {
      while (!ending.signal.aborted) all.push(await endOne(store, archive));
    });
    const files: { readonly file: string; readonly until: number }[] = [];
    for (let i = 0; i < 2; i += 1) {
      const made = { file: place(), until: all.length };
      await backup({ dataDir, file: made.file, withKey: false });
      files.push(made);
    }
    ending.abort();
    await Promise.all(going);
    await archive.close();
    await store.close();
    for (const { file, until } of files) {
      const restored = place();
      await restore({ dataDir: restored, file });
      expect(readdirSync(restored).toSorted()).toEqual(["blobs", "engine.db", "runs.db"]);
      const [engine, runs] = [await open(restored), await openArchive(restored)];
      await recoverRuns({ records: engine, archive: runs, now: Date.now });
      const ended = [...before, ...all.slice(0, until)];
      expect(ended.filter((id) => runs.find(id)?.about.record.status !== "succeeded")).toEqual([]);
      expect(runs.find(before[0] ?? "")?.events()).toMatchObject([{ type: "result" }]);
      await runs.close();
      await engine.close();
    }
  },
  UNDER_LOAD_MS,
);

test("a backup of the format before, without ended runs, is restored; one of a later format is refused", async () => {
  const { dataDir, store } = await dataDirectory();
  await store.close();
  const file = place();
  await backup({ dataDir, file, withKey: false });
  const inside = place();
  mkdirSync(inside);
  execFileSync("tar", ["-xf", file, "-C", inside]);
  const as = async (format: number) => {
    writeFileSync(join(inside, "backup.json"), JSON.stringify({ format, contents: 1, with_key: false }));
    const [other, restored] = [place(), place()];
    execFileSync("tar", ["-cf", other, "-C", inside, "backup.json", "engine.db", "blobs"]);
    await restore({ dataDir: restored, file: other });
    return readdirSync(restored).toSorted();
  };
  expect(await as(1)).toEqual(["blobs", "engine.db"]);
  await expect(as(3)).rejects.toThrow(/its format is 3/);
});

test("without the key it is not in the backup, and the restore says so", async () => {
  const { dataDir, store } = await dataDirectory();
  const file = place();
  await backup({ dataDir, file, withKey: false });
  await store.close();
  const restored = place();
  expect(await restore({ dataDir: restored, file })).toMatchObject({ withKey: false });
  expect(readdirSync(restored)).not.toContain("master.key");
});

test("a directory in use, a file that is there, and what is no data directory are refused and left as they are", async () => {
  const { dataDir, store } = await dataDirectory();
  const file = place();
  await backup({ dataDir, file, withKey: false });
  await expect(backup({ dataDir, file, withKey: false })).rejects.toMatchObject({ code: "CONFLICT" });
  await expect(restore({ dataDir, file })).rejects.toMatchObject({ code: "CONFLICT" });
  expect((await store.update("first", () => undefined)).value).toBe("1");
  await store.close();
  await expect(backup({ dataDir: root, file: place(), withKey: false })).rejects.toThrow(/no data directory/);
  rmSync(join(dataDir, "master.key"));
  await expect(backup({ dataDir, file: place(), withKey: true })).rejects.toThrow(/master\.key is not in/);
});

test.runIf(process.getuid?.() === 0)("without room for the copies nothing is begun", async () => {
  const dataDir = place();
  mkdirSync(dataDir);
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", dataDir]);
  try {
    const store = await open(dataDir);
    await store.append("log", "x".repeat(1024), { id: "a" });
    await store.close();
    writeFileSync(join(dataDir, "runs.db"), "");
    truncateSync(join(dataDir, "runs.db"), 20 * 1024 * 1024);
    const refused = backup({ dataDir, file: place(), withKey: false });
    await expect(refused).rejects.toMatchObject({ code: "STORAGE_FULL", message: expect.stringContaining("runs.db") });
    expect(readdirSync(dataDir).filter((name) => name.startsWith(".backup"))).toEqual([]);
  } finally {
    execFileSync("umount", [dataDir]);
  }
});

test("a damaged backup is refused with why, and leaves nothing", async () => {
  const { dataDir, content, store } = await dataDirectory();
  await store.close();
  const file = place();
  await backup({ dataDir, file, withKey: false });
  const cut = place();
  writeFileSync(cut, readFileSync(file));
  truncateSync(cut, 6000);
  const changed = place();
  const inside = place();
  mkdirSync(inside);
  execFileSync("tar", ["-xf", file, "-C", inside]);
  rmSync(join(inside, content));
  writeFileSync(join(inside, content), "something else");
  execFileSync("tar", ["-cf", changed, "-C", inside, "."]);
  const target = place();
  for (const broken of [cut, changed, place()]) {
    await expect(restore({ dataDir: target, file: broken })).rejects.toMatchObject({ code: "INVALID_INPUT" });
  }
  await expect(restore({ dataDir: target, file: changed })).rejects.toThrow(/content [0-9a-f]{64} is damaged/);
  expect(readdirSync(root).filter((name) => name.includes("restoring"))).toEqual([]);
});

/** Of a run that has ended. */
function keptRun(id: string) {
  const now = new Date().toISOString();
  const record = {
    ...{ id, agent: "a", version: "v1", tag: "t", status: "succeeded" as const, input: "{}", output: '"done"' },
    ...{ error: null, session: null, user: null, attempt: 1, metadata: "{}", durable: true, created_at: now },
    ...{ started_at: now, ended_at: now, last_event: 1 },
    usage: { duration_ms: 0, input_tokens: null, output_tokens: null },
  };
  return { record, key_id: null, idempotency: null, background: true, idempotent: false };
}
