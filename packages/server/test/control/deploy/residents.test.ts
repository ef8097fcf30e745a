import { RunAgentError } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { settled } from "../../manual-clock.ts";
import { RESOURCES, World } from "./world.ts";

const MINUTE = 60_000;
const GiB = 1024 ** 3;
const CALL = { agent: "support", version: null, tag: null };
const caller = (keyId: string) => ({ keyId, scopes: ["run"] });

/** One agent, deployed, and nobody has called it for so long that nothing of it is left. */
async function asleep(world: World) {
  const server = await world.server();
  await world.deployed(server, "support", "one");
  await world.clock.advance(21 * MINUTE);
  expect(world.sandboxes.map((one) => one.closed)).toEqual([true]);
  return server;
}

describe("an agent that nobody calls", () => {
  test("is parked after its idle time, answers at once from there, and is gone after ten times that", async () => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    await world.clock.advance(1.5 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ parked: true, closed: false }]);
    expect(server.workers(null, true)).toMatchObject([{ worker: "sandbox", state: "parked", memory: 1000 }]);
    expect(server.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
    expect(server.workers("support", true)).toMatchObject([{ state: "running" }]);
    await world.clock.advance(9 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ closed: false }]);
    await world.clock.advance(2 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ closed: true }]);
    expect(server.workers(null, true)).toEqual([]);
    expect(world.evicted).toEqual(["idle"]);
  });

  test("stays while a run refers to it, and while it has min_instances", async () => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    world.last().startRun();
    await world.clock.advance(30 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ parked: false, closed: false }]);
    world.last().endRuns();
    await server.scale("support", { min: 1 });
    await world.clock.advance(30 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ parked: false, closed: false }]);
    await server.scale("support", { min: null });
    await world.clock.advance(30 * MINUTE);
    expect(world.sandboxes).toMatchObject([{ closed: true }]);
  });

  test("is started once for all that call it, and they all get it", async () => {
    const world = new World();
    const server = await asleep(world);
    const gate = Promise.withResolvers<void>();
    world.start = () => gate.promise;
    const calls = Array.from({ length: 100 }, (_, i) => server.agents.resolve(caller(`key_${i % 2}`), CALL));
    gate.resolve();
    const found = await Promise.all(calls.map((one) => Promise.resolve(one)));
    expect(found.every((one) => one.version === "v1")).toBe(true);
    expect(world.sandboxes).toHaveLength(2);
  });

  test("lets no more callers wait than the bounds: of one key, of all", async () => {
    const world = new World({ queue_per_key: 2, queue_per_agent: 3 });
    const server = await asleep(world);
    const gate = Promise.withResolvers<void>();
    world.start = () => gate.promise;
    const first = [caller("a"), caller("a")].map((one) => server.agents.resolve(one, CALL));
    await expect(server.agents.resolve(caller("a"), CALL)).rejects.toThrow("2 calls of this key wait");
    first.push(server.agents.resolve(caller("b"), CALL));
    await expect(server.agents.resolve(caller("c"), CALL)).rejects.toThrow("3 calls of this agent wait");
    gate.resolve();
    await Promise.all(first.map((one) => Promise.resolve(one)));
  });

  test("that cannot start tells its callers why, rests for a moment, and is tried again", async () => {
    const world = new World();
    const server = await asleep(world);
    world.start = () => Promise.reject(new RunAgentError("LOAD_FAILED", "No module named langgraph"));
    await expect(server.agents.resolve(null, CALL)).rejects.toThrow("No module named langgraph");
    await expect(server.agents.resolve(null, CALL)).rejects.toThrow("No module named langgraph");
    expect(world.sandboxes).toHaveLength(2);
    world.start = () => Promise.resolve();
    await world.clock.advance(world.limits.spawn_retry);
    expect(await server.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
  });
});

describe("the memory of the host", () => {
  const half = { resources: { ...RESOURCES, memory: 4 * GiB } };

  test("is promised: the longest idle gives way to whoever is called", async () => {
    const world = new World();
    const server = await world.server();
    for (const agent of ["a", "b", "c"]) {
      await world.deployed(server, agent, agent, half);
      await world.clock.advance(1000);
    }
    expect(world.sandboxes.map((one) => one.closed)).toEqual([true, false, false]);
    expect(await server.agents.resolve(null, { ...CALL, agent: "a" })).toMatchObject({ agent: "a" });
    expect(world.sandboxes.map((one) => one.closed)).toEqual([true, true, false, false]);
    expect(world.evicted).toEqual(["memory", "memory"]);
  });

  test("that is all in use: who comes waits, and then hears NO_CAPACITY; nobody in use gives way", async () => {
    const world = new World();
    const server = await world.server();
    for (const agent of ["a", "b"]) {
      await world.deployed(server, agent, agent, half);
      world.last().startRun();
    }
    const { id } = await server.deploy(world.order("c", "c", half));
    await world.clock.advance(world.limits.capacity_wait);
    expect(server.deployment(id)).toMatchObject({
      status: "failed",
      problem: { code: "NO_CAPACITY", retry_after: 10 },
    });
    const again = await server.deploy(world.order("c", "c", half));
    await world.clock.advance(world.limits.capacity_wait / 2);
    world.placed[0]?.endRuns();
    server.relieve(1);
    await settled();
    await settled();
    expect(server.deployment(again.id)).toMatchObject({ status: "live" });
  });
});

describe("a secret with another value", () => {
  test("reaches new workers through another sandbox; the runs of the old one end there", async () => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    const old = world.last();
    old.startRun();
    await server.rotated("support");
    expect(world.sandboxes).toMatchObject([{ closed: false }, { closed: false }]);
    expect(world.last()).not.toBe(old);
    expect(world.last().leads).toBe(true);
    expect(server.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
    old.endRuns();
    await settled();
    expect(world.sandboxes).toMatchObject([{ closed: true }, { closed: false }]);
  });

  test("set while it starts: it is started again with it", async () => {
    const world = new World();
    const server = await asleep(world);
    const gate = Promise.withResolvers<void>();
    world.start = () => gate.promise;
    const waiting = server.agents.resolve(null, CALL);
    await server.rotated("support");
    gate.resolve();
    await waiting;
    await settled();
    expect(world.sandboxes.map((one) => one.closed)).toEqual([true, true, false]);
  });
});
