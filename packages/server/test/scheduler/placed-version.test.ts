import { DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { FakeSandbox, request, settled, source, world } from "./fakes.ts";

describe("a version in the hands of whoever added it", () => {
  test("gives its place to another of its name: new runs go there, its own end where they are", async () => {
    const { clock, scheduler } = await world();
    const [old, next] = [new FakeSandbox(), new FakeSandbox()];
    const held = scheduler.addVersion(source(old, {}, "v2"));
    await settled();
    const run = scheduler.runs.start(request(clock, { version: "v2" }));
    scheduler.addVersion(source(next, {}, "v2"));
    await settled();
    const retired = held.retire();
    scheduler.runs.start(request(clock, { version: "v2" }));
    expect([old.calls.length, next.calls.length, old.closed]).toEqual([1, 1, false]);
    old.call().value("1");
    expect(await run.answer).toEqual({ kind: "value", output: "1" });
    await retired;
    expect(old.closed).toBe(true);
    scheduler.runs.start(request(clock, { version: "v2" }));
    expect(next.closed).toBe(false);
  });

  test("knows since when no run refers to it", async () => {
    const { clock, scheduler } = await world();
    const sandbox = new FakeSandbox();
    const held = scheduler.addVersion(source(sandbox, {}, "v2"));
    await settled();
    expect(held.idleSince).toBe(clock.now());
    scheduler.runs.start(request(clock, { version: "v2" }));
    expect(held.idleSince).toBeNull();
    await clock.advance(1000);
    sandbox.call().value("1");
    expect(held.idleSince).toBe(clock.now());
  });

  test("leads when it is told to: a run that is tried again goes there, and no longer when it is retired", async () => {
    const { clock, scheduler, sandbox } = await world();
    const first = scheduler.runs.start(request(clock));
    sandbox.call().value("1");
    await first.answer;
    const [second, third] = [new FakeSandbox(), new FakeSandbox()];
    const held = scheduler.addVersion(source(second, {}, "v2"));
    scheduler.addVersion(source(third, {}, "v3"));
    held.lead();
    expect(scheduler.runs.retry(null, first.id).version).toBe("v2");
    await settled();
    second.call().value("2");
    await held.retire();
    expect(scheduler.runs.retry(null, first.id).version).toBe("v3");
  });

  test("is scaled over its config, and back to it", async () => {
    const { clock, scheduler } = await world();
    const sandbox = new FakeSandbox();
    const held = scheduler.addVersion(source(sandbox, { resources: { maxInstances: 1 } }, "v2"));
    await settled();
    for (let i = 0; i < 3; i += 1) scheduler.runs.start(request(clock, { version: "v2" }));
    await clock.advance(DEFAULT_LIMITS.spawn_wait * 10);
    expect(sandbox.workers).toHaveLength(1);
    held.scale({ min: 2, max: 2 });
    await clock.advance(DEFAULT_LIMITS.spawn_wait * 10);
    expect(sandbox.workers).toHaveLength(2);
    expect(sandbox.calls).toHaveLength(2);
    held.scale({ min: null, max: null });
    sandbox.call(0).value("1");
    sandbox.call(0).value("1");
    await clock.advance(DEFAULT_LIMITS.spawn_wait * 10);
    expect(sandbox.workers).toHaveLength(2);
  });

  test("of a deleted agent: its runs end cancelled by the operator, those of others go on", async () => {
    const { clock, scheduler } = await world();
    const sandbox = new FakeSandbox();
    const held = scheduler.addVersion(source(sandbox, {}, "v2"));
    await settled();
    const mine = scheduler.runs.start(request(clock, { version: "v2" }));
    const other = scheduler.runs.start(request(clock));
    held.cancelRuns("the agent was deleted");
    expect(scheduler.runs.get(null, mine.id).record()).toMatchObject({
      ...{ status: "cancelled", cancelled: { by: "operator", reason: "the agent was deleted" } },
    });
    expect(scheduler.runs.get(null, other.id).record().status).toBe("running");
  });
});
