import { describe, expect, test } from "vitest";
import { exitOf, request, settled, world } from "./fakes.ts";

const types = (run: { events: { slice(a: number, b: number): readonly { type: string }[] } }) =>
  run.events.slice(0, 50).map((one) => one.type);

describe("attempts", () => {
  test("an idempotent run whose worker was lost runs again, three times at most", async () => {
    const { clock, sandbox, scheduler } = await world({ entrypoint: { idempotent: true } });
    const run = scheduler.runs.start(request(clock));
    for (let i = 0; i < 3; i += 1) {
      await settled();
      sandbox.workers.find((one) => one.calls.length > 0)?.die(exitOf({ code: 1 }));
      await clock.advance(10);
    }
    expect(await run.answer).toMatchObject({ problem: { code: "WORKER_LOST", retryable: true } });
    expect(run.record().attempt).toBe(3);
    expect(types(run)).toEqual(["started", "restarted", "restarted", "error"]);
  });

  test("with `retry` the delay grows, and what came after the last finished step is void", async () => {
    const retry = { maxAttempts: 3, on: ["AGENT_ERROR"], delayMs: 1000, factor: 2 };
    const { clock, sandbox, scheduler } = await world({ entrypoint: { retry } });
    const run = scheduler.runs.start(request(clock));
    const fail = () => sandbox.call().end({ kind: "error", error: { code: "AGENT_ERROR", detail: "boom" } });
    sandbox.call().emit("chunk", "1");
    sandbox.call().sink.step('{"name":"s","value":1}');
    sandbox.call().emit("chunk", "2");
    fail();
    await clock.advance(999);
    expect(sandbox.calls).toHaveLength(0);
    await clock.advance(1);
    expect(sandbox.call().invocation).toMatchObject({ attempt: 2, steps: ['{"name":"s","value":1}'] });
    fail();
    await clock.advance(1999);
    expect(sandbox.calls).toHaveLength(0);
    await clock.advance(1);
    sandbox.call().emit("chunk", "3");
    sandbox.call().end({ kind: "stream", output: null });
    expect(await run.answer).toMatchObject({ kind: "streamed", chunks: ["3"] });
    const restarted = run.events.slice(0, 50).filter((one) => one.type === "restarted");
    expect(restarted.map((one) => one.data)).toEqual([
      '{"attempt":2,"discard_after":2}',
      '{"attempt":3,"discard_after":2}',
    ]);
  });

  test("a cancel between two attempts ends the run", async () => {
    const retry = { maxAttempts: 3, on: ["AGENT_ERROR"], delayMs: 1000, factor: 2 };
    const { clock, sandbox, scheduler } = await world({ entrypoint: { retry } });
    const run = scheduler.runs.start(request(clock));
    sandbox.call().end({ kind: "error", error: { code: "AGENT_ERROR", detail: "boom" } });
    scheduler.runs.cancel(null, run.id, "caller", null);
    await clock.advance(5000);
    expect(sandbox.calls).toHaveLength(0);
    expect(types(run)).toEqual(["started", "restarted", "cancelled"]);
  });

  test("retrying an ended run makes a new one that names it", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock, { input: "[1]" }));
    expect(() => scheduler.runs.retry(null, run.id)).toThrow(expect.objectContaining({ code: "CONFLICT" }));
    sandbox.call().value("1");
    const again = scheduler.runs.retry(null, run.id);
    await settled();
    expect(sandbox.call().invocation.input).toBe("[1]");
    expect(again.record()).toMatchObject({ retry_of: run.id, durable: true, status: "running" });
  });
});

describe("waiting for a person", () => {
  const interrupts = [{ id: "i1", question: "name?", schema: { type: "string" } }];

  test("a direct run becomes durable, and goes on with the answer in the same attempt", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    run.attach("json");
    sandbox.call().sink.step('{"name":"s","value":1}');
    sandbox.call().sink.state('{"k":1}');
    sandbox.call().end({ kind: "interrupt", interrupts });
    expect(await run.answer).toEqual({ kind: "waiting" });
    expect(run.record()).toMatchObject({ status: "waiting", durable: true, waiting: { interrupts } });
    await clock.advance(24 * 3600_000);
    expect(() => scheduler.runs.resume(null, run.id, "5")).toThrow(
      expect.objectContaining({ code: "INVALID_INPUT", problem: expect.objectContaining({ status: 422 }) }),
    );
    scheduler.runs.resume(null, run.id, '"Bob"');
    await settled();
    const { invocation } = sandbox.call();
    expect(invocation).toMatchObject({ attempt: 1, answers: ['"Bob"'], steps: ['{"name":"s","value":1}'] });
    expect(invocation.session).toBe('{"k":1}');
    sandbox.call().value("1");
    expect(await run.answer).toEqual({ kind: "value", output: "1" });
    expect(types(run)).toEqual(["started", "waiting", "result"]);
    expect(() => scheduler.runs.resume(null, run.id, '"Bob"')).toThrow(expect.objectContaining({ code: "CONFLICT" }));
  });

  test("refuses an answer without a required member, pointing at the member", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    const schema = { type: "object", required: ["yes"], additionalProperties: false, properties: { yes: {} } };
    sandbox.call().end({ kind: "interrupt", interrupts: [{ id: "i1", question: "sure?", schema }] });
    const errors = [
      { pointer: "/yes", detail: "required" },
      { pointer: "/no", detail: "unknown" },
    ];
    expect(() => scheduler.runs.resume(null, run.id, '{"no":1}')).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ run_id: run.id, errors }) }),
    );
    expect(run.record().status).toBe("waiting");
  });

  test("can be cancelled, and keeps its version until then", async () => {
    const { clock, sandbox, scheduler } = await world();
    const run = scheduler.runs.start(request(clock));
    sandbox.call().end({ kind: "interrupt", interrupts });
    const retired = scheduler.retireVersion("a", "v1");
    await settled();
    expect(sandbox.closed).toBe(false);
    scheduler.runs.cancel(null, run.id, "caller", null);
    await retired;
    expect(types(run)).toEqual(["started", "waiting", "cancelled"]);
  });
});
