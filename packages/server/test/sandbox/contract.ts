/**
 * What every sandbox must do, whatever its isolation and language: run by `sandboxContract(startSandbox)`. The agent is
 * `fixtures/python/agent.py` or its twin in JavaScript.
 */
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import { isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Worker } from "../../src/sandbox/index.ts";
import { isGone } from "../../src/sandbox/process/table.ts";
import { run, type Started } from "./harness.ts";

export const TAGS = [
  "echo",
  "pid",
  "count",
  "ticks",
  "wait",
  "block",
  "leave",
  "crash",
  "child",
  "daemon",
  "binary",
  "lines",
  "threads",
  "closes",
  "forks",
  "memory",
] as const;

const LINES = 1_000_000;

export function sandboxContract(name: string, startSandbox: () => Started): void {
  describe(name, () => {
    let started: Started;
    beforeAll(async () => {
      started = startSandbox();
      await started.sandbox.loaded;
    });
    afterAll(() => started.close());
    const worker = (): Promise<Worker> => started.sandbox.spawn({ once: false });

    it("describes its entrypoints", async () => {
      const { entrypoints } = await started.sandbox.loaded;
      expect(entrypoints.map(({ tag }) => tag)).toEqual(TAGS);
    });

    it("hands on a value as the agent wrote it", async () => {
      const one = await worker();
      expect(await run(one, "echo", { value: { a: [1, "ü", null] } }).ended).toEqual({
        kind: "value",
        output: '{"a":[1,"ü",null]}',
      });
      await one.kill();
    });

    it("numbers the frames of a stream and ends it once", async () => {
      const one = await worker();
      const ran = run(one, "count", { n: 300 });
      expect(await ran.ended).toMatchObject({ kind: "stream" });
      expect(ran.events.map(({ data }) => Number(data))).toEqual([...Array(300).keys()]);
      expect(ran.events.map(({ frame }) => frame)).toEqual([...Array(300).keys()].map((n) => n + 1));
      expect(ran.ends()).toBe(1);
      await one.kill();
    });

    it("runs at the pid that it says", async () => {
      const one = await worker();
      expect(await pidFrom(one, "pid")).toBe(one.pid);
      await one.kill();
    });

    it("kills a worker that ignores cancel, and tells its run once", async () => {
      const one = await worker();
      const ran = run(one, "block");
      ran.execution.cancel("caller", null);
      const exit = await one.kill();
      expect(exit).toMatchObject({ signal: "SIGKILL", killedByUs: true });
      expect(await ran.ended).toMatchObject({ kind: "lost", exit: { killedByUs: true } });
      expect(ran.ends()).toBe(1);
      expect(isAlive(one.pid)).toBe(false);
    });

    it("says that a loop does not answer, and serves others meanwhile", async () => {
      const [stuck, other] = await Promise.all([worker(), worker()]);
      const silent = Promise.withResolvers<boolean>();
      stuck.onResponsive(silent.resolve);
      const ran = run(stuck, "block");
      expect(await silent.promise).toBe(false);
      expect(stuck.responsive).toBe(false);
      expect(await run(other, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
      await Promise.all([stuck.kill(), other.kill()]);
      expect((await ran.ended).kind).toBe("lost");
    });

    it("tells the runs of a worker that leaves its exit code, and leaves others alone", async () => {
      const [leaving, other] = await Promise.all([worker(), worker()]);
      const waiting = run(other, "wait", { seconds: 1 });
      expect(await run(leaving, "leave", { code: 7 }).ended).toMatchObject({
        kind: "lost",
        exit: { code: 7, signal: null, killedByUs: false, outOfMemory: null },
      });
      expect(await leaving.exited).toMatchObject({ code: 7 });
      expect(await waiting.ended).toEqual({ kind: "value", output: '"waited"' });
      await other.kill();
    });

    it("tells the runs of a worker that crashes its signal", async () => {
      const one = await worker();
      expect(await run(one, "crash").ended).toMatchObject({ kind: "lost", exit: { code: null, signal: "SIGSEGV" } });
      expect(await run(one, "echo", { value: 1 }).ended).toMatchObject({ kind: "lost" });
    });

    it("ends the children of a worker with it", async () => {
      const one = await worker();
      const child = await pidFrom(one, "child");
      expect(isAlive(child)).toBe(true);
      await one.kill();
      await gone(child);
    });

    it.each(["binary", "threads", "closes", "forks"])("goes on after an agent that misbehaves: %s", async (tag) => {
      const one = await worker();
      expect((await run(one, tag).ended).kind).toBe("value");
      expect(await run(one, "echo", { value: tag }).ended).toEqual({ kind: "value", output: JSON.stringify(tag) });
      await one.kill();
    });

    it("makes an error of more memory than there is", async () => {
      const one = await worker();
      expect(await run(one, "memory").ended).toMatchObject({ kind: "error", error: { code: "AGENT_ERROR" } });
      await one.kill();
    });

    it("is not drowned by a million lines", { timeout: 120_000 }, async () => {
      const [loud, other] = await Promise.all([worker(), worker()]);
      const ran = run(loud, "lines", { n: LINES });
      const times: number[] = [];
      let over = false;
      void ran.ended.finally(() => {
        over = true;
      });
      while (!over) {
        const begin = performance.now();
        await run(other, "echo", { value: 1 }).ended;
        times.push(performance.now() - begin);
        await pause(10);
      }
      expect(await ran.ended).toEqual({ kind: "value", output: '"printed"' });
      expect(Math.max(...times)).toBeLessThan(1000);
      await Promise.all([loud.kill(), other.kill()]);
    });

    it("ends a drained worker when its run has ended", async () => {
      const one = await worker();
      const ran = run(one, "wait", { seconds: 0.3 });
      one.drain();
      expect(await ran.ended).toEqual({ kind: "value", output: '"waited"' });
      expect(await one.exited).toMatchObject({ code: 0, signal: null, killedByUs: false });
    });

    it("runs once in a worker made for one run", async () => {
      const one = await started.sandbox.spawn({ once: true });
      expect(await run(one, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
      expect(await one.exited).toMatchObject({ code: 0, killedByUs: false });
    });

    it("lets runs end when it is closed with time for it", async () => {
      const closing = startSandbox();
      const ran = run(await closing.sandbox.spawn({ once: false }), "wait", { seconds: 0.5 });
      await closing.sandbox.close(20_000);
      expect(await ran.ended).toEqual({ kind: "value", output: '"waited"' });
      await closing.close();
    });

    it("is closed at once by a second call that gives no time", async () => {
      const closing = startSandbox();
      const ran = run(await closing.sandbox.spawn({ once: false }), "wait", { seconds: 60 });
      const patient = closing.sandbox.close(60_000);
      await closing.close();
      await patient;
      expect(await ran.ended).toMatchObject({ kind: "lost", exit: { killedByUs: true } });
    });

    it("leaves nothing behind when it is closed, daemons included", async () => {
      const closing = startSandbox();
      const one = await closing.sandbox.spawn({ once: false });
      const pids = [one.pid, await pidFrom(one, "daemon")];
      const ran = run(one, "wait", { seconds: 60 });
      expect(pids.map(isAlive)).toEqual([true, true]);
      await Promise.all([closing.close(), closing.sandbox.close(0)]);
      expect(await ran.ended).toMatchObject({ kind: "lost", exit: { killedByUs: true } });
      await Promise.all(pids.map(gone));
      await expect(closing.sandbox.spawn({ once: false })).rejects.toMatchObject({ code: "NO_CAPACITY" });
    });
  });
}

async function pidFrom(worker: Worker, tag: string): Promise<number> {
  const outcome = await run(worker, tag).ended;
  if (outcome.kind !== "value") throw new Error(`${tag}: ${JSON.stringify(outcome)}`);
  return pidOutside(worker.pid, Number(outcome.output));
}

/** What a process in the pid namespace of `beside` calls `said`. */
function pidOutside(beside: number, said: number): number {
  const namespace = readlinkSync(`/proc/${beside}/ns/pid`);
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const found = pids.find((pid) => isIn(namespace, pid) && numberInside(pid) === said);
  if (found === undefined) throw new Error(`nothing beside ${beside} is called ${said}`);
  return Number(found);
}

function isIn(namespace: string, pid: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`) === namespace;
  } catch {
    return false; // it has just ended
  }
}

function numberInside(pid: string): number {
  const [, numbers = ""] = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
  return Number(numbers.trim().split(/\s+/).at(-1));
}

export async function gone(pid: number): Promise<void> {
  await expect.poll(() => isGone(pid), { timeout: 2000, interval: 20 }).toBe(true);
}
