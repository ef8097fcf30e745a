/** Runs of fast plain functions that wait at a busy worker: one at a time, nothing twice, none behind a slow one. */
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { exitOf, request, settled, type World, type WorldOptions, world } from "./fakes.ts";

const { ahead_runs, fast_known, recall_time, spawn_wait, stop_grace } = DEFAULT_LIMITS;
const LOOKS = 2 * recall_time + 2; // the first look may come just before, the second follows it

/** One worker, whose function is known to be fast. */
async function warm(options: WorldOptions = {}): Promise<World> {
  const here = await world({ serial: true, resources: { maxInstances: 1 }, ...options });
  for (let i = 0; i < fast_known; i += 1) {
    here.scheduler.runs.start(request(here.clock));
    here.sandbox.call().value("1");
  }
  return here;
}

const start = ({ clock, scheduler }: World, count: number) =>
  Array.from({ length: count }, (_, i) => scheduler.runs.start(request(clock, { input: String(i) })));

const inputs = (here: World, worker = 0) => here.sandbox.worker(worker).calls.map((call) => call.invocation.input);

describe("runs handed ahead", () => {
  test("a busy worker of a fast plain function is handed more, up to the bound", async () => {
    const here = await warm();
    start(here, ahead_runs + 2);
    expect(here.sandbox.worker().calls).toHaveLength(ahead_runs);
    expect(here.scheduler.stats().queued).toBe(2);
    here.sandbox.call().value("1");
    expect(inputs(here)).toEqual(["1", "2", "3", "4", "5", "6", "7", "8"]);
  });

  test("a function whose pace is not known yet has one run at a process", async () => {
    const here = await world({ serial: true });
    start(here, 2);
    expect(here.sandbox.calls).toHaveLength(1);
  });

  test("a function that takes longer has one run at a process", async () => {
    const here = await world({ serial: true, resources: { maxInstances: 1 } });
    for (let i = 0; i < 2 * fast_known; i += 1) {
      start(here, 1);
      await here.clock.advance(3);
      here.sandbox.call().value("1");
    }
    start(here, 2);
    expect(here.sandbox.calls).toHaveLength(1);
  });

  test("one whose worker does not let runs wait has one run at a process", async () => {
    const here = await warm({ serial: false });
    start(here, 2);
    expect(here.sandbox.calls).toHaveLength(1);
  });

  test("a free worker is preferred", async () => {
    const here = await world({ serial: true, resources: { maxInstances: 2, minInstances: 2 } });
    for (let i = 0; i < fast_known; i += 1) {
      start(here, 1);
      here.sandbox.call().value("1");
    }
    start(here, 3);
    expect(here.sandbox.workers.map((worker) => worker.calls.length)).toEqual([2, 1]);
  });

  test("nothing is handed to a worker that has been at a run for a moment", async () => {
    const here = await warm();
    start(here, 1);
    await here.clock.advance(3);
    start(here, 1);
    expect(here.sandbox.worker().calls).toHaveLength(1);
  });
});

describe("those behind a run that takes long", () => {
  test("are called back, the last first, and go to other workers in their order", async () => {
    const here = await warm({ resources: { maxInstances: 2 } });
    const [, second, third] = start(here, 3);
    const [slow, ...behind] = here.sandbox.worker().calls;
    await here.clock.advance(LOOKS);
    expect(behind.map((call) => call.cancels)).toEqual([["recall"], ["recall"]]);
    expect(slow?.cancels).toEqual([]);
    for (const call of behind.toReversed()) call.giveBack();
    expect(second?.record().status).toBe("queued");
    await here.clock.advance(spawn_wait);
    expect(inputs(here, 1)).toEqual(["1"]);
    here.sandbox.worker(1).calls[0]?.value("2");
    here.sandbox.worker(1).calls[0]?.value("3");
    expect(await second?.answer).toEqual({ kind: "value", output: "2" });
    expect(await third?.answer).toEqual({ kind: "value", output: "3" });
  });

  test("are not called back when what the worker said is only not read yet", async () => {
    const here = await warm();
    start(here, 3);
    await here.clock.advance(LOOKS - 2);
    here.sandbox.call().value("1");
    await here.clock.advance(1);
    expect(here.sandbox.calls.map((call) => call.cancels)).toEqual([[], []]);
  });

  test("one that began before it was called back is not executed again", async () => {
    const here = await warm();
    const [, second] = start(here, 2);
    await here.clock.advance(LOOKS);
    here.sandbox.call().value("1");
    here.sandbox.call().value("2");
    expect(await second?.answer).toEqual({ kind: "value", output: "2" });
    expect(here.sandbox.calls).toEqual([]);
  });

  test("nothing more is handed ahead until the function is known to be fast again", async () => {
    const here = await warm();
    start(here, 2);
    await here.clock.advance(LOOKS);
    here.sandbox.call(1).giveBack();
    here.sandbox.call().value("1");
    start(here, 2);
    expect(here.sandbox.worker().calls).toHaveLength(1);
  });

  test("one that ended for its caller meanwhile does not wait again", async () => {
    const here = await warm();
    const [, second] = start(here, 2);
    await here.clock.advance(LOOKS);
    here.scheduler.runs.cancel(null, second?.id ?? "", "caller", null);
    here.sandbox.call(1).giveBack();
    here.sandbox.call().value("1");
    expect(here.sandbox.calls).toEqual([]);
    expect(here.scheduler.stats().queued).toBe(0);
  });
});

describe("the loss of a worker with runs ahead", () => {
  test("ends the run that was at work; the others begin elsewhere, in the same attempt", async () => {
    const here = await warm();
    const [first, second] = start(here, 2);
    await settled();
    here.sandbox.worker().die(exitOf({ code: 3 }));
    expect(await first?.answer).toMatchObject({ problem: { code: "WORKER_LOST" } });
    await settled();
    here.sandbox.call().value("2");
    expect(await second?.answer).toEqual({ kind: "value", output: "2" });
    expect(second?.record().attempt).toBe(1);
  });

  test("the next one has begun when the one before it has ended", async () => {
    const here = await warm();
    const [, second, third] = start(here, 3);
    await settled();
    here.sandbox.call().value("1");
    here.sandbox.worker().die(exitOf({ code: 3 }));
    expect(await second?.answer).toMatchObject({ problem: { code: "WORKER_LOST" } });
    await settled();
    here.sandbox.call().value("3");
    expect(await third?.answer).toEqual({ kind: "value", output: "3" });
  });

  test("ends them all when not all that it said was read: any may have been executed", async () => {
    const here = await warm();
    const runs = start(here, 3);
    await settled();
    here.sandbox.worker().die(exitOf({ code: 3 }), false);
    for (const run of runs) expect(await run.answer).toMatchObject({ problem: { code: "WORKER_LOST" } });
  });
});

describe("stopping a run that was handed ahead", () => {
  test("its answer goes out at the deadline, and nothing is killed because of it", async () => {
    const here = await warm();
    const { clock, sandbox, scheduler } = here;
    start(here, 1);
    const run = scheduler.runs.start(request(clock, { timeoutMs: 1 }));
    await clock.advance(1);
    expect(await run.answer).toMatchObject({ problem: { code: "DEADLINE_EXCEEDED" } });
    expect(sandbox.call(1).cancels).toEqual(["deadline"]);
    await clock.advance(3 * stop_grace);
    expect(sandbox.worker().killed).toBe(false);
    sandbox.call(1).giveBack();
    sandbox.call().value("1");
    await clock.advance(3 * stop_grace);
    expect(sandbox.worker().killed).toBe(false);
  });

  test("a run that does not stop is killed after its grace though others wait behind it, and they go elsewhere", async () => {
    const here = await warm();
    const [slow, second] = start(here, 2);
    here.scheduler.runs.cancel(null, slow?.id ?? "", "caller", null);
    await here.clock.advance(stop_grace);
    expect(here.sandbox.worker().killed).toBe(true);
    await settled();
    here.sandbox.call().value("2");
    expect(await second?.answer).toEqual({ kind: "value", output: "2" });
  });
});
