import type { BatchRequest } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { request, settled, world } from "./fakes.ts";

const batch = (changes: Partial<BatchRequest> = {}): BatchRequest => ({
  caller: null,
  agent: "a",
  version: "v1",
  tag: "main",
  items: ["1", "2", "3"],
  concurrency: null,
  idempotency: null,
  ...changes,
});

describe("batches", () => {
  test("one run per item, as many at a time as asked", async () => {
    const { sandbox, scheduler } = await world({ slots: 10 });
    const { id } = scheduler.batches.start(batch({ concurrency: 2 })).batch;
    await settled();
    expect(sandbox.calls.map((call) => call.invocation.input)).toEqual(["1", "2"]);
    expect(scheduler.batches.get(null, id)).toMatchObject({ status: "running", counts: { queued: 1, running: 2 } });
    sandbox.call(1).value("20");
    await settled();
    sandbox.call(1).value("30");
    sandbox.call().end({ kind: "error", error: { code: "AGENT_ERROR", detail: "boom" } });
    expect(scheduler.batches.get(null, id)).toMatchObject({
      status: "ended",
      counts: { succeeded: 2, failed: 1 },
      total: 3,
    });
    const runs = scheduler.batches.runs(null, id, null, 50).items;
    expect(runs.map((run) => [run.index, run.batch, run.output])).toEqual([
      [2, id, "30"],
      [1, id, "20"],
      [0, id, null],
    ]);
  });

  test("its items are not counted in the agent's queue", async () => {
    const { clock, scheduler } = await world({ limits: { queue_per_agent: 1 }, resources: { maxInstances: 1 } });
    scheduler.batches.start(batch({ items: Array.from({ length: 50 }, () => "1"), concurrency: 1 }));
    await settled();
    expect(scheduler.runs.start(request(clock)).record().status).toBe("queued");
  });

  test("a cancelled batch cancels what has not ended", async () => {
    const { sandbox, scheduler } = await world();
    const { id } = scheduler.batches.start(batch({ concurrency: 1 })).batch;
    await settled();
    sandbox.call().value("1");
    await settled();
    expect(scheduler.batches.cancel(null, id, "too late")).toMatchObject({
      status: "cancelled",
      counts: { succeeded: 1, cancelled: 2 },
    });
    const [last] = scheduler.batches.runs(null, id, null, 1).items;
    expect(last?.cancelled).toEqual({ by: "caller", reason: "too late" });
    await settled();
    expect(sandbox.calls.map((call) => call.invocation.input)).toEqual(["2"]);
  });

  test("a retry is a new batch of what did not succeed", async () => {
    const { sandbox, scheduler } = await world({ slots: 10 });
    const { id } = scheduler.batches.start(batch()).batch;
    await settled();
    sandbox.call().value("1");
    sandbox.call().end({ kind: "error", error: { code: "AGENT_ERROR", detail: "boom" } });
    expect(() => scheduler.batches.retry(null, id)).toThrow(expect.objectContaining({ code: "CONFLICT" }));
    sandbox.call().value("3");
    const again = scheduler.batches.retry(null, id);
    expect(again).toMatchObject({ total: 1, status: "running" });
    const [second] = scheduler.batches.runs(null, id, null, 50).items.filter((run) => run.index === 1);
    expect(scheduler.batches.runs(null, again.id, null, 50).items).toMatchObject([{ index: 0, retry_of: second?.id }]);
    await settled();
    expect(sandbox.calls.map((call) => call.invocation.input)).toEqual(["2"]);
  });

  test("the same Idempotency-Key gives the same batch", async () => {
    const { scheduler } = await world();
    const idempotency = { key: "k", fingerprint: "f" };
    const { id } = scheduler.batches.start(batch({ idempotency })).batch;
    expect(scheduler.batches.start(batch({ idempotency }))).toMatchObject({ batch: { id }, replayed: true });
    expect(() => scheduler.batches.get(null, "bat_x")).toThrow(expect.objectContaining({ code: "BATCH_NOT_FOUND" }));
  });

  test("an empty batch has ended", async () => {
    const { scheduler } = await world();
    expect(scheduler.batches.start(batch({ items: [] })).batch).toMatchObject({
      agent: "a",
      tag: "main",
      status: "ended",
      total: 0,
    });
  });
});
