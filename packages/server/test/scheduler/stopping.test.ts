import { DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { request, settled, world } from "./fakes.ts";

const { stop_grace, neighbour_grace, disconnect_grace } = DEFAULT_LIMITS;

describe("deadlines", () => {
  test("the answer goes out at the deadline, at the caller's account when the caller named it", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock, { timeoutMs: 1500 }));
    await clock.advance(1499);
    expect(run.record().status).toBe("running");
    await clock.advance(1);
    expect(await run.answer).toMatchObject({ problem: { code: "DEADLINE_EXCEEDED", status: 504, origin: "caller" } });
    expect(sandbox.call().cancels).toEqual(["deadline"]);
  });

  test("one that the config set is the agent's, and counts in the queue too", async () => {
    const { clock, scheduler } = await world({ resources: { timeoutMs: 5000, maxInstances: 1 } });
    scheduler.runs.start(request(clock));
    const queued = scheduler.runs.start(request(clock));
    await clock.advance(5000);
    expect(await queued.answer).toMatchObject({ problem: { code: "DEADLINE_EXCEEDED", origin: "agent" } });
    expect(queued.record().started_at).toBeNull();
  });

  test("a nearer deadline that comes later is not missed", async () => {
    const { clock, scheduler } = await world();
    scheduler.runs.start(request(clock));
    const short = scheduler.runs.start(request(clock, { timeoutMs: 2500 }));
    await clock.advance(2500);
    expect(short.record().status).toBe("failed");
  });
});

describe("stopping", () => {
  test("a plain function that does not stop is killed after the grace, and its worker replaced", async () => {
    const { clock, sandbox, scheduler } = await world({ resources: { maxInstances: 1 } });
    const run = scheduler.runs.start(request(clock));
    const next = scheduler.runs.start(request(clock));
    scheduler.runs.cancel(null, run.id, "caller", "enough");
    expect(await run.answer).toMatchObject({ problem: { code: "RUN_CANCELLED", by: "caller", reason: "enough" } });
    await clock.advance(stop_grace - 1);
    expect(sandbox.worker().killed).toBe(false);
    await clock.advance(1);
    expect(sandbox.worker().killed).toBe(true);
    await settled();
    sandbox.call().value("2");
    expect(await next.answer).toEqual({ kind: "value", output: "2" });
    expect(run.record()).toMatchObject({ status: "cancelled", error: null });
  });

  test("a function that stops within the grace keeps its worker", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    scheduler.runs.cancel(null, run.id, "caller", null);
    sandbox.call().value("1");
    await clock.advance(stop_grace * 2);
    expect(sandbox.worker().killed).toBe(false);
    scheduler.runs.start(request(clock));
    expect(sandbox.worker().calls).toHaveLength(1);
    expect(run.record().output).toBeNull();
  });

  test("neighbours of a run that will not stop may end first; the process takes no new runs meanwhile", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    const stuck = scheduler.runs.start(request(clock));
    const neighbour = scheduler.runs.start(request(clock));
    scheduler.runs.cancel(null, stuck.id, "caller", null);
    await clock.advance(stop_grace);
    expect(sandbox.worker().killed).toBe(false);
    scheduler.runs.start(request(clock));
    await clock.advance(10);
    expect(sandbox.worker().calls).toHaveLength(2);
    expect(sandbox.worker(1).calls).toHaveLength(1);
    sandbox.worker().calls[1]?.value("1");
    expect(await neighbour.answer).toEqual({ kind: "value", output: "1" });
    expect(sandbox.worker().killed).toBe(true);
  });

  test("neighbours that take longer than their grace are lost, at the platform's account", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    const stuck = scheduler.runs.start(request(clock));
    const neighbour = scheduler.runs.start(request(clock));
    scheduler.runs.cancel(null, stuck.id, "caller", null);
    await clock.advance(stop_grace + neighbour_grace - 1);
    expect(neighbour.record().status).toBe("running");
    await clock.advance(1);
    expect(sandbox.worker().killed).toBe(true);
    expect(await neighbour.answer).toMatchObject({ problem: { code: "WORKER_LOST", origin: "platform" } });
  });

  test("a process whose run stops while its neighbours go on is used again", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    const stuck = scheduler.runs.start(request(clock));
    const neighbour = scheduler.runs.start(request(clock));
    scheduler.runs.cancel(null, stuck.id, "caller", null);
    await clock.advance(stop_grace);
    sandbox.worker().calls[0]?.value("0");
    await clock.advance(neighbour_grace);
    expect(sandbox.worker().killed).toBe(false);
    scheduler.runs.start(request(clock));
    expect(sandbox.worker().calls).toHaveLength(2);
    expect(neighbour.record().status).toBe("running");
  });

  test("what a run says after it was cancelled is dropped, except its log", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    const call = sandbox.call();
    scheduler.runs.cancel(null, run.id, "operator", null);
    call.emit("chunk", "1");
    call.sink.log({ at: "t", level: "info", stream: "stdout", message: "cleaning up" });
    call.value("1");
    expect(run.events.slice(0, 10).map((one) => one.type)).toEqual(["started", "cancelled"]);
    expect(scheduler.runs.logs(null, run.id)).toHaveLength(1);
    expect(scheduler.runs.cancel(null, run.id, "caller", "again")).toMatchObject({
      ended: true,
      record: { cancelled: { by: "operator", reason: null } },
    });
  });
});

describe("callers who leave", () => {
  test("a direct JSON run is cancelled at once", async () => {
    const { clock, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    run.attach("json")();
    expect(await run.answer).toMatchObject({ problem: { code: "RUN_CANCELLED", by: "disconnect" } });
  });

  test("a direct stream has a grace, which any reader of its events ends", async () => {
    const { clock, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    run.attach("stream")();
    await clock.advance(disconnect_grace - 1);
    const leave = run.attach("stream");
    await clock.advance(disconnect_grace);
    expect(run.record().status).toBe("running");
    leave();
    await clock.advance(disconnect_grace);
    expect(run.record()).toMatchObject({ status: "cancelled", cancelled: { by: "disconnect" } });
  });

  test("a run goes on as long as one of several is attached", async () => {
    const { clock, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    const leave = run.attach("json");
    run.attach("stream");
    leave();
    leave();
    await clock.advance(disconnect_grace * 2);
    expect(run.record().status).toBe("running");
  });

  test("a durable run does not care", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock, { durable: true }));
    run.attach("json")();
    await settled();
    sandbox.call().value("1");
    expect(await run.answer).toEqual({ kind: "value", output: "1" });
  });
});
