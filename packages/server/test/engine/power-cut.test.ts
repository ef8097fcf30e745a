/** What was said to be kept is there after a power cut: the engine's file, and what goes from it to the archive. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { RunArchive } from "../../src/control/runs/archive.ts";
import { KEPT_RUNS, recoverRuns } from "../../src/control/runs/recover.ts";
import { openSqliteStore } from "../../src/engine/index.ts";
import { systemClock } from "../../src/scheduler/clock.ts";
import { CAN_CUT, PowerCutDisk } from "../power-cut.ts";

const MANY_SYNCS_MS = 120_000;

function newDisk(): PowerCutDisk {
  const disk = new PowerCutDisk();
  onTestFinished(() => disk.close());
  return disk;
}

interface Writer {
  readonly program: URL;
  /** A file or folder of the disk. */
  readonly place: string;
}

/** Lines that the writer said until its disk lost power, `count` or more. Then the disk is there again. */
async function saidUntilCut(disk: PowerCutDisk, { program, place }: Writer, count: number): Promise<string[]> {
  const args = [fileURLToPath(program), place];
  const writer = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "ignore"] });
  onTestFinished(() => void writer.kill("SIGKILL"));
  const said: string[] = [];
  for await (const line of createInterface({ input: writer.stdout })) {
    said.push(line);
    if (said.length !== count) continue;
    await stopped(writer);
    disk.cut();
    writer.kill("SIGKILL");
  }
  await ended(writer);
  expect(said.length).toBeGreaterThanOrEqual(count);
  disk.powerOn();
  return said;
}

/**
 * No thread of it is within a call to the kernel any more: a sync that is under way while the file system is shut down may
 * be answered as done by the kernel, which a disk without power cannot.
 */
async function stopped(writer: ChildProcess): Promise<void> {
  writer.kill("SIGSTOP");
  const tasks = `/proc/${writer.pid}/task`;
  const still = (thread: string) => /\) [tT] /.test(readFileSync(`${tasks}/${thread}/stat`, "utf8"));
  await vi.waitUntil(() => readdirSync(tasks).every(still), { timeout: 20_000, interval: 5 });
}

async function ended(writer: ChildProcess): Promise<void> {
  if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
}

const openStore = (disk: PowerCutDisk) =>
  openSqliteStore({ file: join(disk.folder, "engine.db"), limits: DEFAULT_LIMITS, clock: systemClock });

describe.runIf(CAN_CUT)("a disk that loses power", () => {
  test("has what was synced and not what was only written, a database without full syncs neither", () => {
    const disk = newDisk();
    const [synced, written] = [join(disk.folder, "synced"), join(disk.folder, "written")];
    const database = new DatabaseSync(join(disk.folder, "careless.db"));
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; CREATE TABLE a (n INTEGER)");
    database.exec("INSERT INTO a VALUES (1); PRAGMA synchronous = NORMAL; INSERT INTO a VALUES (2)");
    writeFileSync(synced, "here");
    const handle = openSync(synced, "r");
    fsyncSync(handle);
    closeSync(handle);
    database.exec("INSERT INTO a VALUES (3)");
    writeFileSync(written, "gone");
    disk.cut();
    expect(() => writeFileSync(synced, "later")).toThrow();
    database.close();
    disk.powerOn();
    expect(readFileSync(synced, "utf8")).toBe("here");
    expect(existsSync(written)).toBe(false);
    const again = new DatabaseSync(join(disk.folder, "careless.db"));
    const kept = again.prepare("SELECT n FROM a").all();
    again.close();
    expect(kept).toMatchObject([{ n: 1 }]);
  });

  test(
    "has everything that the engine acknowledged, in order and once, however far it was",
    async () => {
      const disk = newDisk();
      let all = 0;
      for (const count of [1, 30, 250]) {
        const writer = {
          program: new URL("./killed-writer.ts", import.meta.url),
          place: join(disk.folder, "engine.db"),
        };
        const said = await saidUntilCut(disk, writer, count);
        all += said.length;
        const store = await openStore(disk);
        const seqs: number[] = [];
        const never = new AbortController().signal;
        for await (const { seq } of store.read("l", 0, { follow: false, signal: never })) seqs.push(seq);
        expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 1));
        expect(seqs.at(-1)).toBeGreaterThanOrEqual(Number(said.at(-1)));
        expect(Number((await store.update("count", () => undefined)).value)).toBeGreaterThanOrEqual(all);
        await store.close();
      }
    },
    MANY_SYNCS_MS,
  );

  test(
    "has every durable run that was kept, and ends it once; one that was answered stays answered",
    async () => {
      const disk = newDisk();
      const writer = { program: new URL("./durable-writer.ts", import.meta.url), place: disk.folder };
      const said = await saidUntilCut(disk, writer, 150);
      const store = await openStore(disk);
      const archive = await RunArchive.open({
        ...{ file: join(disk.folder, "runs.db"), limits: DEFAULT_LIMITS, now: Date.now },
        written: async () => undefined,
        note: () => undefined,
      });
      await recoverRuns({ records: store, archive, now: Date.now });
      const status = (id: string) => archive.find(id)?.about.record.status;
      const of = (what: string): string[] =>
        said.filter((line) => line.startsWith(what)).map((line) => line.slice(what.length));
      expect(of("answered ").length).toBeGreaterThan(10);
      expect(of("answered ").filter((id) => status(id) !== "succeeded")).toEqual([]);
      expect(of("kept ").filter((id) => !["succeeded", "failed"].includes(status(id) ?? "gone"))).toEqual([]);
      expect(await store.list(KEPT_RUNS)).toEqual([]);
      await archive.close();
      await store.close();
    },
    MANY_SYNCS_MS,
  );
});
