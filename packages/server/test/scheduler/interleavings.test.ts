import { DEFAULT_LIMITS, isEnd } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import type { Run } from "../../src/scheduler/run.ts";
import { exitOf, request, settled, type World, world } from "./fakes.ts";

/** A small generator of numbers in [0, 1), so that a failure can be had again by its seed. */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) % 0x1_0000_0000;
    return state / 0x1_0000_0000;
  };
}

type Act = (here: World, random: () => number, runs: Run[]) => void | Promise<void>;

const pick = <T>(items: readonly T[], random: () => number): T | undefined =>
  items[Math.floor(random() * items.length)];

function start({ clock, scheduler }: World, random: () => number, runs: Run[]): void {
  const session = random() < 0.3 ? `s${Math.floor(random() * 3)}` : null;
  const timeoutMs = random() < 0.3 ? 1 + Math.floor(random() * 5000) : null;
  const durable = session !== null || random() < 0.3;
  try {
    const run = scheduler.runs.start(request(clock, { session, timeoutMs, durable }));
    runs.push(scheduler.runs.get(null, run.id));
  } catch (error) {
    expect(error).toMatchObject({ code: expect.stringMatching(/QUEUE_FULL|SESSION_BUSY/) });
  }
}

const ACTS: readonly Act[] = [
  start,
  start,
  start,
  ({ sandbox }, random) => pick(sandbox.calls, random)?.value("1"),
  ({ sandbox }, random) => pick(sandbox.calls, random)?.emit("chunk", '"x"'),
  ({ sandbox }, random) => pick(sandbox.calls, random)?.end({ kind: "stream", output: null }),
  ({ sandbox }, random) =>
    pick(sandbox.calls, random)?.end({ kind: "error", error: { code: "AGENT_ERROR", detail: "x" } }),
  ({ sandbox }, random) => pick(sandbox.calls, random)?.end({ kind: "interrupt", interrupts: [] }),
  ({ sandbox }, random) => {
    if (random() < 0.2) pick(sandbox.workers, random)?.die(exitOf({ code: 1 }));
  },
  ({ sandbox }, random) => pick(sandbox.workers, random)?.answers(random() < 0.5),
  ({ scheduler }, random, runs) => {
    const run = pick(runs, random);
    if (run !== undefined) scheduler.runs.cancel(null, run.id, "caller", null);
  },
  ({ scheduler }, random, runs) => {
    const run = pick(
      runs.filter((one) => one.state.kind === "waiting"),
      random,
    );
    if (run !== undefined) scheduler.runs.resume(null, run.id, "1");
  },
  (_here, random, runs) => {
    pick(runs, random)?.attach(random() < 0.5 ? "json" : "stream")();
  },
  ({ clock }, random) => clock.advance(Math.floor(random() * 3000)),
  settled,
];

function assertOneStory(run: Run): void {
  const events = run.events.slice(0, 10_000);
  expect(events.map((one) => one.n)).toEqual(events.map((_, i) => i + 1)); // R2
  expect(events.filter((one) => isEnd(one.type))).toHaveLength(1); // R1
  expect(isEnd(events.at(-1)?.type ?? "started")).toBe(true);
  expect(run.events.ended).toBe(true);
}

describe("whatever happens in whatever order", () => {
  test.each(Array.from({ length: 60 }, (_, i) => i + 1))(
    "every accepted run ends once, its events without a gap (seed %i)",
    async (seed) => {
      const random = randomFrom(seed);
      const here = await world({
        slots: seed % 2 === 0 ? 1 : 3,
        limits: { runs_in_memory: 10_000 },
        entrypoint: { idempotent: seed % 3 === 0 },
        config: {
          isolation: { scope: pick(["agent", "session", "run"] as const, random) ?? "agent", require: null },
          session: {
            onBusy: pick(["enqueue", "reject", "interrupt", "rollback"] as const, random) ?? "enqueue",
            ttlMs: null,
          },
        },
      });
      const runs: Run[] = [];
      for (let i = 0; i < 300; i += 1) await pick(ACTS, random)?.(here, random, runs);
      for (const worker of here.sandbox.workers) worker.answers(true);
      for (const run of runs)
        if (run.state.kind === "waiting") here.scheduler.runs.cancel(null, run.id, "caller", null);
      await here.clock.advance(DEFAULT_LIMITS.timeout + DEFAULT_LIMITS.stop_grace + DEFAULT_LIMITS.neighbour_grace); // R3
      expect(runs.length).toBeGreaterThan(10);
      for (const run of runs) assertOneStory(run);
      expect(here.ended.map((one) => one.id).sort()).toEqual(runs.map((run) => run.id).sort());
      expect(here.scheduler.stats()).toMatchObject({ queued: 0, workers: { busy: 0 } });
      await here.scheduler.retireVersion("a", "v1"); // no run refers to it any more
      expect(here.clock.pending).toBe(0);
    },
  );
});
