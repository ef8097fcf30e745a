/** A sandbox that stands still, and one that outlives its server: parked, woken, left, adopted, and ended by nobody's care. */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive, startProcess } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Base } from "../../src/build/base/debian.ts";
import { findRuntime, findSandboxes, type Resume, sweepSandboxes } from "../../src/sandbox/index.ts";
import { adoptConfined, BUILD_MS, CAN_CONFINE, HOME, startConfined, testBase, testNodeWorker } from "./confined.ts";
import { TAGS } from "./contract.ts";
import { collector, fixture, run } from "./harness.ts";

const WAIT_MS = 60_000;
const nobody: Resume = () => null;

describe.runIf(CAN_CONFINE)("a sandbox that outlives its server", () => {
  let base: Base;
  let folder: string;
  let sandboxes: string;
  let python: Parameters<typeof startConfined>[1];
  beforeAll(async () => {
    base = await testBase();
    folder = mkdtempSync(join(tmpdir(), "ra-"));
    sandboxes = join(folder, "sandboxes");
    python = { root: fixture("python"), file: "agent.py", tags: TAGS, sandboxes, detached: "v1" };
  }, BUILD_MS);
  afterAll(async () => {
    await sweep();
    rmSync(folder, { recursive: true, force: true });
  });

  const sweep = async (orphans: "ended" | "kept" = "ended"): Promise<readonly string[]> => {
    const runtime = findRuntime(join(HOME, "runc"), process.env.PATH ?? "");
    if (runtime === null) throw new Error("no runtime");
    return sweepSandboxes(runtime, sandboxes, orphans);
  };
  const found = () => {
    const [one, ...more] = findSandboxes(sandboxes);
    if (one === undefined || more.length > 0) throw new Error(`${more.length} sandboxes more, or none`);
    return one;
  };

  it("stands still while it is parked, and goes on with the next call", { timeout: WAIT_MS }, async () => {
    const { sandbox, close } = startConfined(base, { ...python, parks: true, limits: { sandbox_idle: 400 } });
    const worker = await sandbox.spawn({ once: false });
    const waiting = run(worker, "wait", { seconds: 0.5 });
    expect(await sandbox.park()).toBe(false); // a run is at work
    expect(await waiting.ended).toEqual({ kind: "value", output: '"waited"' });
    expect(await sandbox.park()).toBe(true);
    const before = cpuOf(worker.pid);
    expect(frozen(worker.pid)).toBe(true);
    expect(await run(worker, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
    expect(frozen(worker.pid)).toBe(false);
    expect(cpuOf(worker.pid)).toBeGreaterThanOrEqual(before);
    await expect.poll(() => frozen(worker.pid), { timeout: 20_000 }).toBe(true); // by itself, when nothing calls
    const other = await sandbox.spawn({ once: false });
    expect(await run(other, "echo", { value: 2 }).ended).toEqual({ kind: "value", output: "2" });
    expect(await sandbox.park()).toBe(true);
    await close();
    expect([worker.pid, other.pid].filter(isAlive)).toEqual([]);
  });

  it("is adopted with its template, its workers and their runs", { timeout: WAIT_MS }, async () => {
    const first = startConfined(base, python);
    const [busy, idle] = await Promise.all([0, 1].map(() => first.sandbox.spawn({ once: false })));
    if (busy === undefined || idle === undefined) throw new Error("no workers");
    const before = run(busy, "ticks", { n: 200 }, { durable: true });
    await before.event(20);
    await first.sandbox.leave();
    const seen = before.events.length;
    expect(await sweep("kept")).toEqual([]);
    const one = found();
    const pids = one.processes.map(({ pid }) => pid);
    expect(pids).toHaveLength(3);
    const { sink, ...after } = collector();
    const second = adoptConfined(base, { ...python, found: one }, () => ({ seen, sink, began: () => undefined }));
    expect(await second.sandbox.loaded).toEqual(await first.sandbox.loaded);
    expect(findSandboxes(sandboxes)).toEqual([]); // it is somebody's
    const again = await second.sandbox.spawn({ once: false });
    expect(again.pid).toBe(idle.pid);
    expect(await run(again, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
    expect(await after.ended).toMatchObject({ kind: "stream" });
    const items = [...before.events.slice(0, seen), ...after.events].map(({ data }) => Number(data));
    expect(items).toEqual([...Array(200).keys()]);
    const forked = await second.sandbox.spawn({ once: false });
    expect(pids).not.toContain(forked.pid);
    expect(parentOf(forked.pid)).toBe(one.processes.find(({ role }) => role === "template")?.pid);
    expect(await run(forked, "leave", { code: 7 }).ended).toMatchObject({ kind: "lost", exit: { code: 7 } });
    await second.close();
    expect([...pids, forked.pid].filter(isAlive)).toEqual([]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(sandboxes);
  });

  it(
    "is adopted by a server that comes after one that was killed, also while it stands still",
    async () => {
      await using server = startProcess([process.execPath, serverThatIsKilled(base, python)]);
      await expect.poll(() => existsSync(join(folder, "parked")), { timeout: WAIT_MS }).toBe(true);
      process.kill(server.pid, "SIGKILL");
      await server.ended;
      const one = found();
      const worker = one.processes.find(({ role }) => role === "worker");
      expect(one.processes.every(({ pid }) => isAlive(pid))).toBe(true);
      const next = adoptConfined(base, { ...python, found: one }, nobody);
      await next.sandbox.loaded;
      const again = await next.sandbox.spawn({ once: false });
      expect(again.pid).toBe(worker?.pid);
      expect(await run(again, "echo", { value: 3 }).ended).toEqual({ kind: "value", output: "3" });
      await next.close();
      expect(existsSync(one.directory)).toBe(false);
    },
    WAIT_MS,
  );

  it("goes on with Node, whose workers are processes", { timeout: WAIT_MS }, async () => {
    const nodeWorker = await testNodeWorker();
    const node = { ...python, root: fixture("node"), file: "agent.mjs", nodeWorker };
    const first = startConfined(base, node);
    const worker = await first.sandbox.spawn({ once: false });
    await first.sandbox.leave();
    const next = adoptConfined(base, { ...node, found: found() }, nobody);
    const again = await next.sandbox.spawn({ once: false });
    expect(await run(again, "echo", { value: 4 }).ended).toEqual({ kind: "value", output: "4" });
    expect(isAlive(worker.pid)).toBe(true);
    await next.close();
    expect(isAlive(worker.pid)).toBe(false);
  });

  it.each([
    ["stands still", true],
    ["is awake", false],
  ])("ends itself when nobody adopts it, while it %s", { timeout: WAIT_MS }, async (_, parked) => {
    const first = startConfined(base, { ...python, limits: { sandbox_orphan: 2000 } });
    await first.sandbox.spawn({ once: false });
    if (parked) expect(await first.sandbox.park()).toBe(true);
    await first.sandbox.leave();
    const one = found();
    await expect.poll(() => one.processes.some(({ pid }) => isAlive(pid)), { timeout: WAIT_MS }).toBe(false);
    await expect.poll(() => findSandboxes(sandboxes), { timeout: WAIT_MS }).toEqual([]);
    expect(await sweep("kept")).toEqual([one.id]);
    expect(existsSync(one.directory) || existsSync(one.sockets)).toBe(false);
  });

  function serverThatIsKilled(of: Base, options: object): string {
    const confined = JSON.stringify(join(import.meta.dirname, "confined.ts"));
    const file = join(folder, "server.ts");
    writeFileSync(
      file,
      `import { writeFileSync } from "node:fs";
import { startConfined } from ${confined};
const { sandbox } = startConfined(${JSON.stringify(of)}, ${JSON.stringify(options)});
await sandbox.spawn({ once: false });
if (await sandbox.park()) writeFileSync(new URL("parked", import.meta.url), "");
setInterval(() => undefined, 1000);
`,
    );
    return file;
  }
});

const statOf = (pid: number): string[] => {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
};
const parentOf = (pid: number): number => Number(statOf(pid)[1]);
const cpuOf = (pid: number): number => Number(statOf(pid)[11]) + Number(statOf(pid)[12]);

/** By the group that it is in. */
function frozen(pid: number): boolean {
  const [, path = ""] = /^0::(.*)$/m.exec(readFileSync(`/proc/${pid}/cgroup`, "utf8")) ?? [];
  const root = existsSync("/sys/fs/cgroup/unified") ? "/sys/fs/cgroup/unified" : "/sys/fs/cgroup";
  const file = join(root, path, "cgroup.events");
  return existsSync(file) && /^frozen 1$/m.test(readFileSync(file, "utf8"));
}
