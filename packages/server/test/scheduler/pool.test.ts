import { DEFAULT_LIMITS, RunAgentError } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { exitOf, FakeSandbox, request, settled, source, world } from "./fakes.ts";

const { spawn_wait } = DEFAULT_LIMITS;
const isolation = (scope: "agent" | "session" | "run") => ({ isolation: { scope, require: null } });

describe("the pool", () => {
  test("keeps one worker warm from the start", async () => {
    const { sandbox, scheduler } = await world();
    expect(sandbox.workers).toHaveLength(1);
    expect(scheduler.stats()).toEqual({ queued: 0, workers: { starting: 0, idle: 1, busy: 0, draining: 0 } });
  });

  test("starts more workers when runs have waited a moment, up to the most there may be", async () => {
    const { clock, sandbox, scheduler } = await world({ resources: { maxInstances: 3 } });
    for (let i = 0; i < 6; i += 1) scheduler.runs.start(request(clock));
    expect(sandbox.calls).toHaveLength(1);
    await clock.advance(spawn_wait * 10);
    expect(sandbox.workers).toHaveLength(3);
    expect(sandbox.calls).toHaveLength(3);
    expect(scheduler.stats().queued).toBe(3);
  });

  test("starts none for runs that are served in time", async () => {
    const { clock, sandbox, scheduler } = await world();
    scheduler.runs.start(request(clock));
    scheduler.runs.start(request(clock));
    sandbox.call().value("1");
    sandbox.call().value("2");
    await clock.advance(spawn_wait * 10);
    expect(sandbox.workers).toHaveLength(1);
  });

  test("a coroutine's worker takes as many runs as it has slots", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    for (let i = 0; i < 11; i += 1) scheduler.runs.start(request(clock));
    expect(sandbox.worker().calls).toHaveLength(10);
    sandbox.worker().calls[3]?.value("1");
    expect(sandbox.worker().calls).toHaveLength(10);
  });

  test("a worker that does not answer gets no new runs until it does", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    sandbox.worker().answers(false);
    scheduler.runs.start(request(clock));
    await clock.advance(spawn_wait);
    expect(sandbox.worker(1).calls).toHaveLength(1);
    sandbox.worker().answers(true);
    scheduler.runs.start(request(clock));
    expect(sandbox.worker().calls).toHaveLength(1);
  });

  test.each(["agent", "run"] as const)("never has more workers at work than it may, in scope %s", async (scope) => {
    const { clock, sandbox, scheduler } = await world({ resources: { maxInstances: 2 }, config: isolation(scope) });
    for (let i = 0; i < 6; i += 1) scheduler.runs.start(request(clock));
    await clock.advance(1000);
    for (const worker of sandbox.workers) worker.responsive = false; // busy, and asked whether they answer
    await clock.advance(1000);
    expect(sandbox.workers.filter((one) => one.calls.length > 0)).toHaveLength(2);
    expect(sandbox.workers).toHaveLength(2);
  });

  test("ends workers that have nothing to do, but one", async () => {
    const { clock, sandbox, scheduler } = await world();
    const runs = [1, 2, 3].map(() => scheduler.runs.start(request(clock)));
    await clock.advance(100);
    for (const call of sandbox.calls) call.value("1");
    await Promise.all(runs.map((run) => run.answer));
    await clock.advance(61_000);
    await clock.advance(61_000);
    expect(sandbox.workers.filter((worker) => worker.drained)).toHaveLength(sandbox.workers.length - 1);
  });

  test("the queue is bounded, and says whose limit it is", async () => {
    const { clock, scheduler } = await world({ limits: { queue_per_agent: 2 }, resources: { maxInstances: 1 } });
    for (let i = 0; i < 3; i += 1) scheduler.runs.start(request(clock));
    expect(() => scheduler.runs.start(request(clock))).toThrow(
      expect.objectContaining({ code: "QUEUE_FULL", problem: expect.objectContaining({ limit: 2, retry_after: 1 }) }),
    );
  });

  test("serves the keys that wait in turn", async () => {
    const { clock, sandbox, scheduler } = await world({ resources: { maxInstances: 1 } });
    const key = (keyId: string) => ({ caller: { keyId, scopes: ["run"] } });
    scheduler.runs.start(request(clock));
    for (const who of ["a", "a", "a", "b"]) scheduler.runs.start(request(clock, { ...key(who), input: `"${who}"` }));
    const order: string[] = [];
    while (sandbox.calls.length > 0) {
      order.push(sandbox.call().invocation.input);
      sandbox.call().value("1");
    }
    expect(order).toEqual(["{}", '"a"', '"b"', '"a"', '"a"']);
  });

  test("when no worker can be started, those who wait hear why", async () => {
    const { clock, sandbox, scheduler } = await world();
    sandbox.fault = new RunAgentError("LOAD_FAILED", "no such module");
    sandbox.worker().die(exitOf({ code: 1 }));
    await settled();
    const run = scheduler.runs.start(request(clock));
    expect(await run.answer).toMatchObject({ problem: { code: "LOAD_FAILED", run_id: run.id } });
    sandbox.fault = null;
    const later = scheduler.runs.start(request(clock));
    await settled();
    sandbox.call().value("1");
    expect(await later.answer).toEqual({ kind: "value", output: "1" });
  });

  test("in scope `run` every run has a fresh process, with a spare ahead", async () => {
    const { clock, sandbox, scheduler } = await world({ config: isolation("run") });
    expect(sandbox.workers.map((worker) => worker.once)).toEqual([true]);
    for (let i = 0; i < 3; i += 1) {
      const run = scheduler.runs.start(request(clock));
      await settled();
      sandbox.call().value("1");
      await run.answer;
    }
    await settled();
    expect(sandbox.workers).toHaveLength(4);
    expect(sandbox.workers.every((worker) => worker.once)).toBe(true);
  });

  test("in scope `session` a session has its own process, and a run without one a fresh process", async () => {
    const { clock, sandbox, scheduler } = await world({ config: isolation("session"), slots: 10 });
    const start = async (session: string | null) => {
      const run = scheduler.runs.start(request(clock, { session, durable: session !== null }));
      await settled();
      const worker = sandbox.workers.find((one) => one.calls.length > 0);
      sandbox.call().value("1");
      await run.answer;
      return worker;
    };
    const [first, other, again, alone] = [await start("s1"), await start("s2"), await start("s1"), await start(null)];
    expect(again).toBe(first);
    expect(other).not.toBe(first);
    expect(alone?.once).toBe(true);
  });

  test("a retired version takes its runs to their end and then closes; new ones go to the next", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    const next = new FakeSandbox();
    scheduler.addVersion(source(next, {}, "v2"));
    await settled();
    const retired = scheduler.retireVersion("a", "v1");
    await settled();
    expect(sandbox.closed).toBe(false);
    sandbox.call().value("1");
    await retired;
    expect(sandbox.closed).toBe(true);
    expect(await run.answer).toEqual({ kind: "value", output: "1" });
    expect(scheduler.runs.start(request(clock, { version: "v1" })).version).toBe("v2");
  });
});
