/** The same bad input and bad luck with an agent in TypeScript. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { eventually, isAlive } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { besides, configOf, functionsOf, problemLike, READY_MS, type Serving, saying, serveFolder } from "./serving.ts";

const AGENT = readFileSync(join(import.meta.dirname, "fixtures/typescript.ts"), "utf8");
/** For the agent as for the server: both see the shell's variables. */
const SMALL_HEAP = { NODE_OPTIONS: "--max-old-space-size=192" };
const NAMES = functionsOf(AGENT);

/** A million prints, a record each, on a machine that does other things too. */
const MANY_LINES_MS = 90_000;

let served: Serving;
beforeAll(async () => {
  const modules = NAMES.map((module) => ({ module, tag: module }));
  const files = { "agent.ts": AGENT, "tsconfig.json": '{"compilerOptions":{"target":"es2022"}}' };
  served = await serveFolder({ files, file: "agent.ts", modules, env: SMALL_HEAP });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

const logsOf = async (runId: string | null): Promise<string> => (await served.request(`/v1/runs/${runId}/logs`)).text;

describe("numbers", () => {
  test("above 2^53 leave exact, NaN and infinities as null", async () => {
    expect((await served.call("exact")).text).toBe('{"large":9007199254740993,"nan":null,"infinite":[null]}');
  });

  test("that JSON cannot hold are refused on the way in", async () => {
    expect(await besides(served, served.call("well", '{"n": NaN}'))).toEqual(problemLike(400, "INVALID_REQUEST"));
    expect(await besides(served, served.call("well", { n: "1" }))).toEqual(
      problemLike(422, "INVALID_INPUT", { errors: [expect.objectContaining({ pointer: "/n" })] }),
    );
  });
});

describe("an output that", () => {
  test.each([
    ["functionInside", "/list/1/deep", /function/],
    ["symbolInside", "/0", /symbol/],
  ])("%s is OUTPUT_NOT_JSON with its place", async (tag, pointer, detail) => {
    const errors = [{ pointer, detail: expect.stringMatching(detail) }];
    expect(await besides(served, served.call(tag))).toEqual(
      problemLike(500, "OUTPUT_NOT_JSON", { origin: "agent", errors }),
    );
  });

  test("is too large is OUTPUT_TOO_LARGE", async () => {
    expect(await besides(served, served.call("huge"))).toEqual(problemLike(500, "OUTPUT_TOO_LARGE", saying(/8388608/)));
  });
});

describe("a function that raises", () => {
  test("is AGENT_ERROR with its own stack in its own file", async () => {
    const answer = await besides(served, served.call("raises"));
    const traceback = expect.stringMatching(/raises.*agent\.ts:\d+/s);
    expect(answer).toEqual(
      problemLike(500, "AGENT_ERROR", { ...saying(/on purpose/), exception: "TypeError", traceback }),
    );
  });

  test("something that is no error is AGENT_ERROR all the same", async () => {
    expect(await besides(served, served.call("raisesText"))).toEqual(
      problemLike(500, "AGENT_ERROR", saying(/just a text/)),
    );
  });

  test("where nobody waits for it: everybody is answered", async () => {
    const lasting = served.call("lasting", { seconds: 0.5 });
    expect(await besides(served, served.call("rejectsElsewhere"))).toMatchObject({ status: 200, text: '"went on"' });
    const { status } = await besides(served, served.call("throwsElsewhere"));
    expect([200, 500, 502]).toContain(status);
    expect(await lasting).toMatchObject({ status: 200, text: '"lasted"' });
  });
});

describe("a generator that", () => {
  test("raises after ten items sends the ten, then the error", async () => {
    const events = await served.events("tenThenRaises");
    expect(events.map((one) => one.type).join(" ")).toBe(`started ${"chunk ".repeat(10)}error`);
    expect(events.at(-1)?.data).toMatchObject({
      code: "AGENT_ERROR",
      detail: expect.stringContaining("ten are enough"),
    });
    await served.neighbour();
  });

  test("never yields ends at its deadline", async () => {
    expect(await besides(served, served.call("neverYields", "", { "runagent-timeout": "0.5" }))).toEqual(
      problemLike(504, "DEADLINE_EXCEEDED", { origin: "caller" }),
    );
  });

  test("yields a hundred megabytes fails at sixteen", async () => {
    const events = await served.events("hundredMegabytes");
    expect(events.at(-1)).toMatchObject({ type: "error", data: { code: "EVENTS_TOO_LARGE", origin: "agent" } });
    await served.neighbour();
  });

  test("yields one item that is too large sends what came before, then the error", async () => {
    const events = await served.events("largeItem");
    expect(events.map((one) => one.type).join(" ")).toBe("started chunk text error");
    expect(events.at(-1)?.data).toMatchObject({ code: "EVENT_TOO_LARGE", origin: "agent" });
  });
});

describe("a function that ends its process", () => {
  test.each([
    ["aborts", /SIGABRT/],
    ["killsItself", /SIGKILL/],
  ])("by %s is WORKER_LOST, and its place is taken", async (tag, detail) => {
    expect(await served.call(tag)).toEqual(problemLike(502, "WORKER_LOST", { origin: "agent", ...saying(detail) }));
    await served.neighbour();
  });

  test("by process.exit is its error or the loss of its process, the agent's fault", async () => {
    const answer = await served.call("exits");
    expect(answer.value).toMatchObject({
      code: expect.stringMatching(/^(?:AGENT_ERROR|WORKER_LOST)$/),
      origin: "agent",
    });
    expect(answer.text).toContain("7");
    await served.neighbour();
  });

  test("by filling its heap is lost, the agent's fault, and others are served meanwhile", async () => {
    const started = served.call("eatsHeap", "", { "runagent-timeout": "25" });
    const answer = await started;
    expect(answer.value).toMatchObject({
      code: expect.stringMatching(/^(?:WORKER_LOST|OUT_OF_MEMORY)$/),
      origin: "agent",
    });
    await served.neighbour();
  }, 40_000);
});

describe("a function that", () => {
  test("prints bytes that are no text has them replaced in its log", async () => {
    const answer = await besides(served, served.call("binary"));
    expect(answer).toMatchObject({ status: 200, text: '"printed"' });
    const id = answer.headers.get("runagent-run-id");
    await eventually("the line", async () => (await logsOf(id)).includes("ABCDEFGHIJKLMNOPQRSTUVWXYZ"), 2000);
  });

  test(
    "prints a million lines ends, its log is bounded, others are served after",
    async () => {
      const answer = await served.call("millionLines");
      expect(answer).toMatchObject({ status: 200, text: '"printed"' });
      await served.neighbour();
      expect((await logsOf(answer.headers.get("runagent-run-id"))).length).toBeGreaterThan(1_000_000);
    },
    MANY_LINES_MS,
  );

  test("closes its output leaves the next run its prints", async () => {
    expect(await besides(served, served.call("closes"))).toMatchObject({ status: 200, text: '"closed"' });
    const answer = await besides(served, served.call("prints", { text: "still here" }));
    expect(answer).toMatchObject({ status: 200, text: '"printed"' });
    const id = answer.headers.get("runagent-run-id");
    await eventually("the line", async () => (await logsOf(id)).includes("still here"), 2000);
  });

  test("blocks the loop for longer than a second: runs that come then go elsewhere", async () => {
    const blocking = served.call("blocks", { seconds: 4 });
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const began = performance.now();
      expect(await served.call("well", { n })).toMatchObject({ status: 200, text: `${n + 1}` });
      waits.push(performance.now() - began);
    }
    expect(Math.max(...waits)).toBeLessThan(3500);
    expect(await besides(served, blocking)).toMatchObject({ status: 200, text: '"blocked"' });
  });

  test("hangs in a pattern ends at its deadline", async () => {
    expect(await served.call("slowPattern", "", { "runagent-timeout": "1" })).toEqual(
      problemLike(504, "DEADLINE_EXCEEDED", { origin: "caller" }),
    );
    await served.neighbour();
  });

  test("ignores its cancel is cancelled for its caller at once, and its process ends", async () => {
    const started = await served.call("ignores", "", { prefer: "respond-async" });
    const id = started.headers.get("runagent-run-id");
    const pid = Number(await eventually("its pid", async () => /pid (\d+)/.exec(await logsOf(id))?.[1], 5000));
    await served.request(`/v1/runs/${id}/cancel`, { method: "POST" });
    expect((await served.request(`/v1/runs/${id}/events`)).text).toContain('event: cancelled\ndata: {"by":"caller"');
    await served.neighbour();
    await eventually("the end of its process", () => !isAlive(pid), 13_000);
    await served.neighbour();
  });
});

describe("a save that", () => {
  test.each([
    ["is no TypeScript", "export function well(: number {", /agent\.ts:1/],
    ["imports a file that is not there", 'import { x } from "./nowhere.ts";\nexport const well = () => x;', /nowhere/],
    [
      "imports a package that is not there",
      'import "package-of-nobody";\nexport const well = () => 1;',
      /package-of-nobody/,
    ],
    ["raises when it is imported", 'throw new Error("not today");\nexport const well = () => 1;', /not today/],
    ["exits when it is imported", "process.exit(3);\nexport const well = () => 1;", /3/],
    ["misses the function", "export const wel = () => 1;", /well/],
    ["makes it into a number", "export const well = 3;", /well/],
  ])("%s is LOAD_FAILED, and heals", async (_, text, detail) => {
    await served.folder.write("runagent.config.json", configOf({ file: "agent.ts", modules: ["well"] }));
    await served.folder.write("agent.ts", text);
    const answer = await eventually(
      "the broken agent's answer",
      async () => {
        const one = await served.call("well", { n: 1 });
        return one.status === 200 ? null : one;
      },
      10_000,
    );
    expect(answer).toEqual(problemLike(503, "LOAD_FAILED", saying(detail)));
    await served.folder.write("agent.ts", AGENT);
    await eventually("a healed agent", async () => (await served.request("/readyz")).status === 200, 10_000);
    await served.neighbour();
  });
});
