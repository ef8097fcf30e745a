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
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterAll, expect, test } from "vitest";
import { backup, restore } from "../../../src/control/backup/index.ts";
import { openSqliteStore } from "../../../src/engine/index.ts";
import { systemClock } from "../../../src/scheduler/clock.ts";

const root = mkdtempSync(join(tmpdir(), "runagent-backup-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
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
