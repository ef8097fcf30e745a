/** Scopes `session` and `run` in a container: what one worker leaves, the next does not find. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Base } from "../../src/build/base/debian.ts";
import { Rooms, type Sandbox, type Worker } from "../../src/sandbox/index.ts";
import { BUILD_MS, CAN_CONFINE, startConfined, testBase } from "./confined.ts";
import { fixture, run, type Started } from "./harness.ts";

const EVERYTHING = ["/tmp/left", "/home/agent/left", "/agent/left", "/dev/shm/left", "environment"];
const ALIVE = ["tcp", "unix", "process", "module"];

describe.runIf(CAN_CONFINE)("a room for each worker", () => {
  const sandboxes = mkdtempSync(join(tmpdir(), "ra-rooms-"));
  const started: Started[] = [];
  let base: Base;
  let rooms: Sandbox;
  beforeAll(async () => {
    base = await testBase();
    const open = (): Sandbox => {
      const order = { root: fixture("rooms"), file: "agent.py", tags: ["leave", "look"], sandboxes };
      const one = startConfined(base, order);
      started.push(one);
      return one.sandbox;
    };
    rooms = new Rooms(open);
    await rooms.loaded;
  }, BUILD_MS);
  afterAll(async () => {
    await rooms.close(0);
    for (const one of started) await one.close();
    rmSync(sandboxes, { recursive: true, force: true });
  });

  const said = async (worker: Worker, tag: string): Promise<readonly string[]> => {
    const outcome = await run(worker, tag).ended;
    if (outcome.kind !== "value") throw new Error(JSON.stringify(outcome));
    return JSON.parse(outcome.output);
  };

  it("starts the first with the description, and no further one before it is asked", async () => {
    expect((await rooms.loaded).entrypoints.map(({ tag }) => tag)).toEqual(["leave", "look"]);
    expect(started).toHaveLength(1);
  });

  it("leaves nothing for the next run, beside which it may still live", { timeout: 60_000 }, async () => {
    const one = await rooms.spawn({ once: true });
    expect(await said(one, "leave")).toEqual([...EVERYTHING, ...ALIVE]);
    await one.exited;
    const next = await rooms.spawn({ once: true });
    expect(await said(next, "look")).toEqual([]);
    await next.exited;
    expect(started).toHaveLength(2);
  });

  it("keeps what a session left for that session, and from all others", { timeout: 60_000 }, async () => {
    const [mine, other] = await Promise.all([rooms.spawn({ once: false }), rooms.spawn({ once: false })]);
    await said(mine, "leave");
    expect(await said(mine, "look")).toEqual([...EVERYTHING, ...ALIVE]);
    expect(await said(other, "look")).toEqual([]);
    const pids = [mine.pid, other.pid];
    await Promise.all([mine.kill(), other.kill()]);
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("is closed with everything in every room", { timeout: 60_000 }, async () => {
    const last = await rooms.spawn({ once: false });
    await said(last, "leave");
    await rooms.close(0);
    expect(isAlive(last.pid)).toBe(false);
    await expect(rooms.spawn({ once: false })).rejects.toMatchObject({ code: "NO_CAPACITY" });
    expect(readdirSync(sandboxes)).toEqual(["volumes"]);
    expect(readFileSync("/proc/self/mountinfo", "utf8")).not.toContain(sandboxes);
  });
});
