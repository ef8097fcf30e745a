/** What agents return and yield that no caller could take: an error that says where, or less than was yielded. */
import { eventually } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  besides,
  type Event,
  functionsOf,
  problemLike,
  READY_MS,
  type Serving,
  saying,
  serveFolder,
} from "./serving.ts";

const AGENT = `
import asyncio
import time


class Thing:
    pass


def well(n: int) -> int:
    return n + 1


def thing():
    return {"list": [1, {"deep": Thing()}]}


def opened():
    return {"file": open("/dev/null")}


def imaginary():
    return [1j]


def coroutine_inside():
    async def later():
        pass
    return {"x": later()}


def double_key():
    return {1: "a", "1": "b"}


def circle():
    one = []
    one.append(one)
    return one


def deep():
    one = []
    for _ in range(100_000):
        one = [one]
    return one


def huge():
    return "x" * (9 * 1024 * 1024)


def not_numbers():
    return {"nan": float("nan"), "infinite": [float("inf")], "one": 1.0}


def surrogate():
    return "a\\ud800b"


def raises():
    raise ValueError("on purpose")


def raises_nameless():
    class Odd(Exception):
        def __str__(self):
            raise RuntimeError("no words")
    raise Odd()


def ten_then_raises():
    for n in range(10):
        yield n
    raise ValueError("ten are enough")


def ten_then_thing():
    for n in range(10):
        yield n
    yield Thing()


def never_yields():
    while True:
        time.sleep(0.02)
    yield 1


async def never_yields_async():
    await asyncio.sleep(3600)
    yield 1


def hundred_megabytes():
    for _ in range(200):
        yield "x" * (512 * 1024)


def million_items():
    yield from range(1_000_000)


def large_item():
    yield "small"
    yield "x" * (2 * 1024 * 1024)


def nothing():
    yield from ()


def batch(items: list):
    return items[1:]
`;
const MODULES = functionsOf(AGENT).map((module) => (module === "batch" ? { module, type: "batch" } : module));
const EVENTS_LIMIT = 16 * 1024 * 1024;

let served: Serving;
beforeAll(async () => {
  served = await serveFolder({ files: { "agent.py": AGENT }, file: "agent.py", modules: MODULES });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

/** The events of a call while which, and after which, a neighbour is served. */
async function streamed(tag: string): Promise<Event[]> {
  const [events] = await Promise.all([served.events(tag), served.neighbour()]);
  await served.neighbour();
  expect(events.map((one) => one.n)).toEqual(events.map((_, index) => index + 1));
  return events;
}

const types = (events: readonly Event[]): string => events.map((one) => one.type).join(" ");

describe("an output that holds", () => {
  test.each([
    ["thing", "/list/1/deep", /Thing/],
    ["opened", "/file", /TextIOWrapper/],
    ["imaginary", "/0", /complex/],
    ["coroutine_inside", "/x", /coroutine/],
    ["double_key", "/1", /twice|two|one/],
    ["circle", /^(?:\/0)+$/, /itself|circ|deep/],
    ["deep", "", /deep/],
  ])("%s is OUTPUT_NOT_JSON with its place", async (tag, pointer, detail) => {
    const answer = await besides(served, served.call(tag));
    const place = typeof pointer === "string" ? pointer : expect.stringMatching(pointer);
    const errors = [{ pointer: place, detail: expect.stringMatching(detail) }];
    expect(answer).toEqual(problemLike(500, "OUTPUT_NOT_JSON", { origin: "agent", errors }));
    expect(answer.headers.get("runagent-run-id")).toMatch(/^run_/);
  });

  test("too much is OUTPUT_TOO_LARGE", async () => {
    expect(await besides(served, served.call("huge"))).toEqual(
      problemLike(500, "OUTPUT_TOO_LARGE", saying(/9437186 bytes.*8388608/)),
    );
  });

  test("NaN and infinities is null in their places, and says so in the run's log", async () => {
    const answer = await besides(served, served.call("not_numbers"));
    expect(answer).toMatchObject({ status: 200, text: '{"nan":null,"infinite":[null],"one":1.0}' });
    const id = answer.headers.get("runagent-run-id");
    const logs = await eventually("a note", async () => (await served.request(`/v1/runs/${id}/logs`)).text, 2000);
    expect(logs).toMatch(/NaN|not a number|null/);
  });

  test("a lone surrogate is U+FFFD there", async () => {
    expect(await served.call("surrogate")).toMatchObject({ status: 200, text: '"a\ufffdb"' });
  });

  test("fewer items than the batch is BATCH_MISMATCH", async () => {
    expect(await besides(served, served.call("batch", [1, 2, 3]))).toEqual(
      problemLike(500, "BATCH_MISMATCH", { origin: "agent", ...saying(/2.*3|3.*2/) }),
    );
  });
});

describe("a function that raises", () => {
  test("is AGENT_ERROR with its own traceback", async () => {
    const answer = await besides(served, served.call("raises"));
    const traceback = expect.stringMatching(/agent\.py", line \d+, in raises\n.*on purpose/s);
    expect(answer).toEqual(problemLike(500, "AGENT_ERROR", { detail: "ValueError: on purpose", traceback }));
    expect(answer.text).not.toContain("runagent_worker");
  });

  test("something that cannot be written is AGENT_ERROR all the same", async () => {
    expect(await besides(served, served.call("raises_nameless"))).toEqual(
      problemLike(500, "AGENT_ERROR", { ...saying(/Odd/) }),
    );
  });
});

describe("a generator that", () => {
  test("raises after ten items sends the ten, then the error", async () => {
    const events = await streamed("ten_then_raises");
    expect(types(events)).toBe(`started ${"chunk ".repeat(10)}error`);
    expect(events.at(-1)?.data).toMatchObject({ code: "AGENT_ERROR", detail: "ValueError: ten are enough" });
    expect(await served.call("ten_then_raises")).toEqual(
      problemLike(500, "AGENT_ERROR", { detail: "ValueError: ten are enough" }),
    );
  });

  test("yields what cannot be JSON sends what came before, then the error", async () => {
    const events = await streamed("ten_then_thing");
    expect(types(events)).toBe(`started ${"chunk ".repeat(10)}error`);
    expect(events.at(-1)?.data).toMatchObject({ code: "OUTPUT_NOT_JSON", detail: expect.stringContaining("Thing") });
  });

  test.each(["never_yields", "never_yields_async"])("never yields (%s) ends at its deadline", async (tag) => {
    const answer = await besides(served, served.call(tag, "", { "runagent-timeout": "0.5" }));
    expect(answer).toEqual(problemLike(504, "DEADLINE_EXCEEDED", { origin: "caller", ...saying(/0\.5 s/) }));
  });

  test("yields a hundred megabytes fails at sixteen, and the server keeps no more", async () => {
    const events = await streamed("hundred_megabytes");
    expect(events.at(-1)).toMatchObject({ type: "error", data: { code: "EVENTS_TOO_LARGE", origin: "agent" } });
    const chunks = events.filter((one) => one.type === "chunk");
    const sum = chunks.reduce((all, one) => all + JSON.stringify(one.data).length, 0);
    expect(sum).toBeLessThanOrEqual(EVENTS_LIMIT);
    expect(sum).toBeGreaterThan(EVENTS_LIMIT - 1024 * 1024);
  });

  test("yields a million items sends them all, and a reader who stops reading slows nobody", async () => {
    const response = await fetch(new URL("/v1/run/luck/million_items", served.url), {
      method: "POST",
      headers: { accept: "text/event-stream" },
    });
    const id = response.headers.get("runagent-run-id");
    const status = async (): Promise<boolean> =>
      /"status":"succeeded"/.test((await served.request(`/v1/runs/${id}`)).text);
    await served.neighbour();
    await eventually("the run's end, though nobody reads it", status, 25_000);
    const text = await response.text();
    expect(text).toContain("data: 999999\n");
    expect(text).toContain("event: result\n");
    await served.neighbour();
  });

  test("yields one item that is too large sends what came before, then the error", async () => {
    const events = await streamed("large_item");
    expect(types(events)).toBe("started chunk text error");
    expect(events.at(-1)?.data).toMatchObject({ code: "EVENT_TOO_LARGE", origin: "agent" });
  });

  test("yields nothing has no chunks", async () => {
    expect(await served.call("nothing")).toMatchObject({ status: 200, text: '{"chunks":[],"output":null}' });
  });
});
