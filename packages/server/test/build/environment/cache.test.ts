import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { cached } from "../../../src/build/environment/cache.ts";
import { tryAcquire } from "../../../src/build/environment/lock.ts";

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "runagent-cache-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** No process has it: the largest number that Linux gives is smaller. */
const NOBODY = 4_194_305;

const build = (at: string, key: string, more: object = {}) =>
  cached({
    folder: at,
    key,
    signal: new AbortController().signal,
    onWait: () => undefined,
    works: () => true,
    build: async (directory) => {
      writeFileSync(join(directory, "built"), key);
      return "test";
    },
    ...more,
  });

test("what was given up by a process that died is swept at the next build", async () => {
  const at = folder();
  mkdirSync(join(at, "aaaa-12345678"));
  writeFileSync(join(at, "aaaa.lock"), `${NOBODY} x`);
  mkdirSync(join(at, "bbbb-12345678"));
  const lock = await tryAcquire(join(at, "bbbb.lock"));
  await build(at, "cccc");
  expect(readdirSync(at).filter((name) => name.endsWith("-12345678"))).toEqual(["bbbb-12345678"]);
  await lock?.release();
});

test("a lock whose holder died is taken over by one of those who want it", async () => {
  const path = join(folder(), "x.lock");
  writeFileSync(path, `${NOBODY} x`);
  const locks = await Promise.all([tryAcquire(path), tryAcquire(path), tryAcquire(path)]);
  expect(locks.filter((one) => one !== null)).toHaveLength(1);
  for (const lock of locks) await lock?.release();
  expect(await tryAcquire(path)).not.toBeNull();
});

test("the one unused for the longest time makes room, never one in use", async () => {
  const at = folder();
  const first = await build(at, "aaaa");
  await build(at, "bbbb");
  rmSync(join(at, "uses", `bbbb.${process.pid}`));
  writeFileSync(join(at, "uses", `bbbb.${NOBODY}`), "");
  await build(at, "cccc", { keep: 1 });
  expect(readdirSync(at).filter((name) => name.endsWith(".json"))).toEqual(["aaaa.json", "cccc.json"]);
  expect((await build(at, "aaaa")).directory).toBe(first.directory);
});

test("a damaged entry is built again", async () => {
  const at = folder();
  await build(at, "aaaa");
  writeFileSync(join(at, "aaaa.json"), "{");
  expect((await build(at, "aaaa")).ms).toBeGreaterThan(0);
});

test("who waits for another's build can give up", async () => {
  const at = folder();
  mkdirSync(at, { recursive: true });
  const lock = await tryAcquire(join(at, "aaaa.lock"));
  const stop = new AbortController();
  const waiting = build(at, "aaaa", { signal: stop.signal, onWait: () => stop.abort(new Error("given up")) });
  await expect(waiting).rejects.toThrow("given up");
  await lock?.release();
});
