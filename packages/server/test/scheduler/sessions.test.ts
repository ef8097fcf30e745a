import { describe, expect, test } from "vitest";
import type { World } from "./fakes.ts";
import { request, settled, world } from "./fakes.ts";

const onBusy = (policy: "enqueue" | "reject" | "interrupt" | "rollback") => ({
  config: { session: { onBusy: policy, ttlMs: null } },
  slots: 10,
});

async function say({ clock, scheduler }: Pick<World, "clock" | "scheduler">, input = "{}", user: string | null = null) {
  const run = scheduler.runs.start(request(clock, { session: "s", durable: true, input, user }));
  await settled();
  return run;
}

describe("sessions", () => {
  test("runs of one session go one after the other, in the order of acceptance, each with the saved state", async () => {
    const here = await world({ slots: 10 });
    const { sandbox } = here;
    const [one] = [await say(here, "1"), await say(here, "2"), await say(here, "3")];
    expect(sandbox.calls).toHaveLength(1);
    sandbox.call().sink.state('{"n":1}');
    sandbox.call().value("1");
    await one.answer;
    await settled();
    expect(sandbox.calls.map((call) => [call.invocation.input, call.invocation.session])).toEqual([["2", '{"n":1}']]);
    sandbox.call().sink.state('{"n":2}');
    sandbox.call().end({ kind: "error", error: { code: "AGENT_ERROR", detail: "boom" } });
    await settled();
    expect(sandbox.calls.map((call) => [call.invocation.input, call.invocation.session])).toEqual([["3", '{"n":1}']]);
  });

  test("a cancelled run keeps the seat until it has left its worker", async () => {
    const here = await world(onBusy("enqueue"));
    const first = await say(here, "1");
    await say(here, "2");
    here.scheduler.runs.cancel(null, first.id, "caller", null);
    await settled();
    expect(here.sandbox.calls.map((call) => call.invocation.input)).toEqual(["1"]);
    here.sandbox.call().value("1");
    await settled();
    expect(here.sandbox.calls.map((call) => call.invocation.input)).toEqual(["2"]);
  });

  test("ten wait, the eleventh is refused", async () => {
    const here = await world(onBusy("enqueue"));
    for (let i = 0; i < 11; i += 1) await say(here);
    await expect(say(here)).rejects.toMatchObject({ code: "SESSION_BUSY" });
  });

  test("`reject` refuses the second", async () => {
    const here = await world(onBusy("reject"));
    await say(here);
    await expect(say(here)).rejects.toMatchObject({ code: "SESSION_BUSY" });
  });

  test.each(["interrupt", "rollback"] as const)("`%s` ends the runs before, and the newest goes", async (policy) => {
    const here = await world(onBusy(policy));
    const first = await say(here, "1");
    here.sandbox.call().sink.state('{"half":1}');
    const second = await say(here, "2");
    await say(here, "3");
    expect([first, second].map((run) => run.record().status)).toEqual(["cancelled", "cancelled"]);
    here.sandbox.call().value("1");
    await settled();
    const kept = policy === "interrupt" ? '{"half":1}' : null;
    expect(here.sandbox.calls.map((call) => [call.invocation.input, call.invocation.session])).toEqual([["3", kept]]);
  });

  test("belong to their first user; for another they do not exist", async () => {
    const here = await world(onBusy("enqueue"));
    await say(here, "1", "ann");
    await expect(say(here, "2", "bob")).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(here.scheduler.sessions.list(null, "a", null, 10).items).toMatchObject([{ id: "s", user: "ann", runs: 1 }]);
    const bob = { keyId: "bob", scopes: ["run"] };
    expect(here.scheduler.sessions.list(bob, "a", null, 10).items).toEqual([]);
    expect(() => here.scheduler.sessions.get(bob, "a", "s")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });

  test("can be read, forked at a run, and deleted", async () => {
    const here = await world(onBusy("enqueue"));
    const { sessions } = here.scheduler;
    const first = await say(here);
    here.sandbox.call().sink.state('{"n":1}');
    here.sandbox.call().value("1");
    await say(here);
    here.sandbox.call().sink.state('{"n":2}');
    here.sandbox.call().value("1");
    expect(sessions.get(null, "a", "s")).toMatchObject({ state: '{"n":2}', runs: 2 });
    sessions.fork(null, "a", "s", { id: "then", at: first.id });
    const now = sessions.fork(null, "a", "s", { id: null, at: null });
    expect(sessions.get(null, "a", "then").state).toBe('{"n":1}');
    expect(sessions.get(null, "a", now.id).state).toBe('{"n":2}');
    expect(() => sessions.fork(null, "a", "s", { id: "then", at: null })).toThrow(
      expect.objectContaining({ code: "CONFLICT" }),
    );
    sessions.delete(null, "a", "s");
    expect(() => sessions.get(null, "a", "s")).toThrow(expect.objectContaining({ code: "NOT_FOUND" }));
  });

  test("are listed in pages that stay stable when new ones come", async () => {
    const { clock, sandbox, scheduler } = await world({ slots: 10 });
    const use = async (session: string) => {
      scheduler.runs.start(request(clock, { session, durable: true }));
      await clock.advance(1);
      sandbox.call().value("1");
    };
    for (const id of ["a", "b", "c"]) await use(id);
    const first = scheduler.sessions.list(null, "a", null, 2);
    await use("d");
    const second = scheduler.sessions.list(null, "a", first.next, 2);
    expect([...first.items, ...second.items].map((one) => one.id)).toEqual(["c", "b", "a"]);
    expect(second.next).toBeNull();
  });

  test("the one unused for the longest time is forgotten first, never one in use", async () => {
    const { clock, sandbox, scheduler } = await world({ limits: { sessions_in_memory: 2 }, slots: 10 });
    scheduler.runs.start(request(clock, { session: "busy", durable: true }));
    for (const session of ["old", "new"]) {
      scheduler.runs.start(request(clock, { session, durable: true }));
      await settled();
      sandbox.call(1).value("1");
    }
    const ids = scheduler.sessions.list(null, "a", null, 10).items.map((one) => one.id);
    expect(ids.sort()).toEqual(["busy", "new"]);
  });
});
