/** Quick calls of a plain function while one of its calls is slow or ends the process: none waits for it, none is done twice. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Answer, problemLike, READY_MS, type Serving, serveFolder } from "./serving.ts";

const AGENT = `
import os
import time


def well(n: int) -> int:
    return n + 1


def mixed(name: str, path: str, how: str = "quick"):
    with open(path, "a") as file:
        file.write(name + "\\n")
    if how == "sleeps":
        time.sleep(2)
    elif how == "spins":
        end = time.monotonic() + 2
        while time.monotonic() < end:
            pass
    elif how == "dies":
        os._exit(3)
    return name
`;

const QUICK_MS = 500;
const WARM_CALLS = 60;
const WARM_AT_ONCE = 12;

let served: Serving;
beforeAll(async () => {
  served = await serveFolder({ files: { "agent.py": AGENT }, file: "agent.py", modules: ["well", "mixed"] });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

/** Calls by name in one file: what was executed stands there, a line each. */
class Calls {
  readonly #path: string;
  readonly #made: string[] = [];

  constructor(name: string) {
    this.#path = `${served.beside}/${name}`;
  }

  async make(name: string, how = "quick"): Promise<Answer & { readonly ms: number }> {
    this.#made.push(name);
    const began = performance.now();
    const answer = await served.call("mixed", { name, path: this.#path, how });
    return { ...answer, ms: performance.now() - began };
  }

  /** Until the server knows that the function is quick, and hands its calls on ahead. */
  async warm(): Promise<void> {
    for (let round = 0; round < WARM_CALLS / WARM_AT_ONCE; round += 1) {
      const names = Array.from({ length: WARM_AT_ONCE }, (_, n) => `warm${round}.${n}`);
      await Promise.all(names.map((name) => this.make(name)));
    }
  }

  async expectEachOnce(): Promise<void> {
    const executed = (await readFile(this.#path, "utf8")).trim().split("\n");
    expect(executed.toSorted()).toEqual(this.#made.toSorted());
  }
}

const NAMES = Array.from({ length: 10 }, (_, n) => `quick${n}`);

describe("quick calls beside one of the same function", () => {
  test.each(["sleeps", "spins"])("that %s are answered at once, each executed once", async (how) => {
    const calls = new Calls(how);
    await calls.warm();
    const slow = calls.make("slow", how);
    const quick = await Promise.all(NAMES.map((name) => calls.make(name)));
    expect(quick.map(({ text }) => JSON.parse(text))).toEqual(NAMES);
    expect(Math.max(...quick.map(({ ms }) => ms))).toBeLessThan(QUICK_MS);
    expect(await slow).toMatchObject({ status: 200, text: '"slow"' });
    await calls.expectEachOnce();
  });

  test("that ends its process are answered, each executed once", async () => {
    const calls = new Calls("dies");
    for (let round = 0; round < 5; round += 1) {
      await new Calls(`warm${round}`).warm();
      const names = NAMES.map((name) => `${name}.${round}`);
      const before = names.slice(0, 5).map((name) => calls.make(name));
      const dead = calls.make(`dead${round}`, "dies");
      const after = names.slice(5).map((name) => calls.make(name));
      const answers = await Promise.all([...before, ...after]);
      expect(answers.map(({ status, text }) => [status, JSON.parse(text)])).toEqual(names.map((name) => [200, name]));
      expect(await dead).toEqual(problemLike(502, "WORKER_LOST", { origin: "agent" }));
    }
    await calls.expectEachOnce();
  });
});
