import { DEFAULT_LIMITS, type LimitValues } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { HostMemory } from "../../../src/control/deploy/host-memory.ts";
import { ManualClock, settled } from "../../manual-clock.ts";

const MiB = 1024 ** 2;
const UNIT = DEFAULT_LIMITS.sandbox_reserve;

/** A host that is full; `give` frees as many bytes. */
function full(units: number, limits: Partial<LimitValues> = {}) {
  const clock = new ManualClock();
  const memory = new HostMemory({
    ...{ total: units * UNIT, clock, limits: { ...DEFAULT_LIMITS, ...limits } },
    makeRoom: () => undefined,
  });
  const held = Array.from({ length: units }, () => memory.adopt(UNIT));
  const served: string[] = [];
  const refused: string[] = [];
  const ask = (agent: string, bytes = UNIT, abort = new AbortController()): AbortController => {
    memory.reserve({ agent, bytes }, abort.signal).then(
      () => served.push(agent),
      () => refused.push(agent),
    );
    return abort;
  };
  const give = async (count = 1): Promise<void> => {
    for (const release of held.splice(0, count)) release();
    await settled();
  };
  return { clock, memory, served, refused, ask, give };
}

describe("memory of a full host", () => {
  test("goes to one agent after the other, however often one asks", async () => {
    const { ask, give, served } = full(6);
    for (let i = 0; i < 4; i += 1) ask("greedy");
    ask("quiet");
    ask("other");
    for (let i = 0; i < 6; i += 1) await give();
    expect(served).toEqual(["greedy", "quiet", "other", "greedy", "greedy", "greedy"]);
  });

  test("is shared by bytes: one of small sandboxes gets several for a large one of another", async () => {
    const { ask, give, served } = full(8);
    for (let i = 0; i < 4; i += 1) ask("large", 2 * UNIT);
    for (let i = 0; i < 8; i += 1) ask("small", UNIT / 2);
    await give(8);
    const bytes = (agent: string) => served.filter((one) => one === agent).length * (agent === "large" ? 2 : 0.5);
    expect(bytes("large") + bytes("small")).toBeGreaterThan(6);
    expect(Math.abs(bytes("large") - bytes("small"))).toBeLessThanOrEqual(2);
  });

  test("is kept for a large sandbox whose turn it is: small ones that come later do not pass it for ever", async () => {
    const { ask, give, served } = full(4);
    ask("large", 3 * UNIT);
    ask("small", 128 * MiB);
    await give();
    for (let i = 0; i < 20; i += 1) ask("small", 128 * MiB);
    await give(2);
    await give();
    expect(served).toContain("large");
    expect(served.filter((one) => one === "small").length).toBeLessThanOrEqual(16);
  });

  test("is not held back by one that gave up, nor by one whose time is over", async () => {
    const { ask, give, clock, served, refused } = full(2);
    const gone = ask("first", 2 * UNIT);
    ask("second");
    gone.abort(new Error("gave up"));
    await settled();
    await give();
    expect({ served, refused }).toEqual({ served: ["second"], refused: ["first"] });
    ask("third", 2 * UNIT);
    ask("fourth");
    await clock.advance(DEFAULT_LIMITS.capacity_wait);
    expect(refused).toEqual(["first", "third", "fourth"]);
    ask("fifth");
    await give();
    expect(served).toEqual(["second", "fifth"]);
  });

  test("has a bounded number that wait", async () => {
    const { ask, refused } = full(1, { capacity_waiting: 3 });
    for (const agent of ["a", "b", "c", "d"]) ask(agent);
    await settled();
    expect(refused).toEqual(["d"]);
  });
});
