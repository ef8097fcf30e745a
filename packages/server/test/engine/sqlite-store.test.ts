import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { DatabaseSync } from "node:sqlite";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/engine/index.ts";
import type { Store } from "../../src/engine/ports.ts";
import { migrate, versionOf } from "../../src/engine/sqlite/schema.ts";
import { systemClock } from "../../src/scheduler/clock.ts";
import { ManualClock } from "../manual-clock.ts";
import { storeContract } from "./contract.ts";

const folder = mkdtempSync(join(tmpdir(), "runagent-store-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;
const newFile = (): string => join(folder, `${++files}.db`);
const never = (): AbortSignal => new AbortController().signal;
const open = (file: string): Promise<Store> => openSqliteStore({ file, limits: DEFAULT_LIMITS, clock: systemClock });

storeContract("sqlite", async () => {
  const clock = new ManualClock();
  const store = await openSqliteStore({ file: newFile(), limits: DEFAULT_LIMITS, clock });
  const written = (): Promise<unknown> => store.take("nothing is in it", { max: 1, waitMs: 0, signal: never() });
  return {
    store,
    now: () => clock.now(),
    async advance(ms) {
      await written();
      await clock.advance(ms);
      await written();
    },
  };
});

describe("a file", () => {
  test("holds what was written when it is opened again", async () => {
    const file = newFile();
    const first = await open(file);
    await first.update("k", () => "1");
    await first.append("l", "entry", { id: "a" });
    await first.enqueue("q", "job", { id: "a" });
    await first.close();
    const second = await open(file);
    expect((await second.update("k", () => undefined)).value).toBe("1");
    expect(await second.append("l", "again", { id: "a" })).toEqual({ seq: 1, dup: true });
    expect(await second.take("q", { max: 1, waitMs: 0, signal: never() })).toMatchObject([{ body: "job", attempt: 1 }]);
    await second.close();
  });

  test("of a newer version is refused with the version that it needs, and left as it is", async () => {
    const file = newFile();
    await (await open(file)).close();
    const database = new DatabaseSync(file);
    database.exec("PRAGMA user_version = 99");
    database.close();
    await expect(open(file)).rejects.toThrow(/schema is 99/);
  });

  test("is migrated in one step after a copy, and stays as it was when a migration fails", () => {
    const file = newFile();
    const database = new DatabaseSync(file);
    migrate(database, file, ["CREATE TABLE a (n INTEGER)"]);
    database.exec("INSERT INTO a VALUES (7)");
    expect(() => migrate(database, file, ["", "CREATE TABLE b (n INTEGER)", "this is no SQL"])).toThrow();
    expect(versionOf(database)).toBe(1);
    migrate(database, file, ["", "ALTER TABLE a ADD COLUMN m INTEGER"]);
    expect(versionOf(database)).toBe(2);
    expect(database.prepare("SELECT n, m FROM a").get()).toMatchObject({ n: 7, m: null });
    database.close();
    expect(existsSync(`${file}.v1`)).toBe(true);
  });

  test("that is none is refused and not overwritten", async () => {
    await expect(open(fileURLToPath(import.meta.url))).rejects.toThrow();
  });
});

test("everything that was acknowledged before a kill -9 is there, in order and once", async () => {
  const file = newFile();
  let all = 0;
  for (let round = 1; round <= 3; round += 1) {
    const writer = spawn(process.execPath, [fileURLToPath(new URL("./killed-writer.ts", import.meta.url)), file]);
    const acknowledged: number[] = [];
    for await (const line of createInterface({ input: writer.stdout })) {
      acknowledged.push(Number(line));
      if (acknowledged.length === 300) writer.kill("SIGKILL");
    }
    if (writer.exitCode === null && writer.signalCode === null) await once(writer, "exit");
    expect(writer.signalCode).toBe("SIGKILL");
    all += acknowledged.length;
    const store = await open(file);
    const seqs: number[] = [];
    for await (const { seq } of store.read("l", 0, { follow: false, signal: never() })) seqs.push(seq);
    expect(seqs).toEqual(Array.from({ length: seqs.length }, (_, i) => i + 1));
    expect(seqs.at(-1)).toBeGreaterThanOrEqual(acknowledged.at(-1) ?? 0);
    const counted = Number((await store.update("count", () => undefined)).value);
    expect(counted).toBeGreaterThanOrEqual(all);
    await store.close();
  }
});
