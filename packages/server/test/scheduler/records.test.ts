import type { RunRequest } from "@runagent/protocol";
import { newId } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import type { World } from "./fakes.ts";
import { request, settled, world } from "./fakes.ts";

const ALL = { agent: null, statuses: null, session: null, batch: null, sinceMs: null, cursor: null, limit: 50 };
const idempotency = { key: "k", fingerprint: "f" };

async function done({ clock, sandbox, scheduler }: World, changes: Partial<RunRequest> = {}) {
  const run = scheduler.runs.start(request(clock, changes));
  await settled();
  sandbox.call().value("1");
  await run.answer;
  return run;
}

describe("records", () => {
  test("the oldest ended runs are forgotten; their well-formed ids are said to be not recorded", async () => {
    const here = await world({ limits: { runs_in_memory: 2 } });
    const runs = [await done(here), await done(here), await done(here)];
    const ids = runs.map((run) => run.id);
    expect(here.scheduler.runs.list(null, ALL).items.map((one) => one.id)).toEqual([ids[2], ids[1]]);
    expect(() => here.scheduler.runs.get(null, ids[0] ?? "")).toThrow(
      expect.objectContaining({ code: "RUN_NOT_RECORDED" }),
    );
    expect(() => here.scheduler.runs.get(null, newId("run"))).toThrow(
      expect.objectContaining({ code: "RUN_NOT_RECORDED" }),
    );
    expect(() => here.scheduler.runs.get(null, "run_x")).toThrow(expect.objectContaining({ code: "RUN_NOT_FOUND" }));
  });

  test("many direct runs do not push out a durable one", async () => {
    const here = await world({ limits: { runs_in_memory: 4 } });
    const durable = await done(here, { durable: true, idempotency });
    for (let i = 0; i < 10; i += 1) await done(here);
    expect(here.scheduler.runs.get(null, durable.id)).toBe(durable);
  });

  test("large ended runs are forgotten sooner", async () => {
    const here = await world({ limits: { run_bytes_in_memory: 100 } });
    const large = await done(here, { input: `"${"x".repeat(60)}"` });
    await done(here, { input: `"${"x".repeat(60)}"` });
    expect(() => here.scheduler.runs.get(null, large.id)).toThrow(
      expect.objectContaining({ code: "RUN_NOT_RECORDED" }),
    );
  });

  test("lists are newest first, filtered, in pages that stay stable", async () => {
    const here = await world({ slots: 10 });
    const ids: string[] = [];
    for (let i = 0; i < 4; i += 1) ids.push((await done(here)).id);
    const first = here.scheduler.runs.list(null, { ...ALL, limit: 2 });
    here.scheduler.runs.start(request(here.clock));
    const second = here.scheduler.runs.list(null, { ...ALL, limit: 2, cursor: first.next });
    expect([...first.items, ...second.items].map((one) => one.id)).toEqual(ids.reverse());
    expect(second.next).toBeNull();
    expect(here.scheduler.runs.list(null, { ...ALL, statuses: ["running"] }).items).toHaveLength(1);
    expect(here.scheduler.runs.list(null, { ...ALL, agent: "other" }).items).toEqual([]);
    expect(() => here.scheduler.runs.list(null, { ...ALL, cursor: "x" })).toThrow(
      expect.objectContaining({ code: "INVALID_REQUEST" }),
    );
  });

  test("a key sees its own runs only, one that may read sees all", async () => {
    const here = await world();
    const run = await done(here, { caller: { keyId: "a", scopes: ["run"] } });
    expect(() => here.scheduler.runs.get({ keyId: "b", scopes: ["run"] }, run.id)).toThrow(
      expect.objectContaining({ code: "RUN_NOT_FOUND" }),
    );
    expect(here.scheduler.runs.get({ keyId: "b", scopes: ["read"] }, run.id)).toBe(run);
  });

  test("logs are bounded, and it is said once", async () => {
    const { clock, sandbox, scheduler } = await world({ limits: { logs_per_run: 200 } });
    const run = scheduler.runs.start(request(clock));
    for (let i = 0; i < 10; i += 1) {
      sandbox.call().sink.log({ at: "t", level: "info", stream: "stdout", message: "x".repeat(30) });
    }
    const messages = scheduler.runs.logs(null, run.id).map((one) => one.message);
    expect(messages).toHaveLength(3);
    expect(messages[2]).toContain("dropped");
  });

  test("background runs are bounded while they have not ended", async () => {
    const here = await world({ limits: { background_runs: 1 } });
    const background = { durable: true, background: true };
    here.scheduler.runs.start(request(here.clock, background));
    expect(() => here.scheduler.runs.start(request(here.clock, background))).toThrow(
      expect.objectContaining({ code: "QUEUE_FULL" }),
    );
    await settled();
    here.sandbox.call().value("1");
    here.scheduler.runs.start(request(here.clock, background));
  });

  test("a durable run that the store refuses ends with that, and its worker never hears of it", async () => {
    const here = await world({ limits: { store_bytes_in_memory: 10 } });
    const run = here.scheduler.runs.start(request(here.clock, { durable: true, idempotency }));
    expect(await run.answer).toMatchObject({ problem: { code: "STORAGE_FULL", status: 507 } });
    expect(here.sandbox.calls).toHaveLength(0);
    expect(here.scheduler.runs.start(request(here.clock, { durable: true, idempotency })).id).not.toBe(run.id);
  });
});

describe("idempotency", () => {
  test("the same request joins the run while it goes on, and gets its answer after", async () => {
    const { clock, sandbox, scheduler } = await world();
    const start = () => scheduler.runs.start(request(clock, { durable: true, idempotency }));
    const first = start();
    await settled();
    const second = start();
    expect(second).toMatchObject({ id: first.id, joined: true, replayed: false });
    sandbox.call().value("1");
    expect(await second.answer).toEqual({ kind: "value", output: "1" });
    expect(start()).toMatchObject({ id: first.id, joined: true, replayed: true });
    expect(sandbox.calls).toHaveLength(0);
  });

  test("another body is refused, another key or a day later makes a new run", async () => {
    const here = await world();
    const first = await done(here, { durable: true, idempotency });
    const other = { durable: true, idempotency: { ...idempotency, fingerprint: "g" } };
    expect(() => here.scheduler.runs.start(request(here.clock, other))).toThrow(
      expect.objectContaining({ code: "IDEMPOTENCY_KEY_REUSED" }),
    );
    const foreign = { durable: true, idempotency, caller: { keyId: "b", scopes: ["run"] } };
    expect(here.scheduler.runs.start(request(here.clock, foreign)).id).not.toBe(first.id);
    await here.clock.advance(24 * 3600_000 + 1);
    expect(here.scheduler.runs.start(request(here.clock, { durable: true, idempotency })).id).not.toBe(first.id);
  });
});
