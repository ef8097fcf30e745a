import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, START_MS, serveExample } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExample("plain-python");
}, START_MS);
afterAll(() => served?.process.close());

test("the ready line names the agent and its entrypoints in the order of the config", () => {
  expect(served.ready).toMatchObject({ event: "ready", agent: "plain-python" });
  expect(served.ready.entrypoints).toMatchObject([
    { tag: "greet", type: "generic", input: "args" },
    { tag: "count_down_stream", type: "generic_stream", input: "args" },
    { tag: "add", type: "async", input: "args" },
    { tag: "double", type: "batch" },
    { tag: "words_stream", type: "generic_stream", input: "args" },
    { tag: "steps_stream", type: "generic_stream", input: "object" },
    { tag: "tools", type: "generic", input: "object" },
    { tag: "order", type: "generic", input: "object" },
  ]);
});

test("a plain function takes the body's keys as its arguments", async () => {
  expect(await served.call("plain-python/greet", { name: "Ada", times: 2 })).toEqual({
    status: 200,
    text: '{"greeting":"Hello Ada! Hello Ada!"}',
  });
});

test("without a tag the first entrypoint answers", async () => {
  expect(await served.output("plain-python", { name: "Bo" })).toEqual({ greeting: "Hello Bo!" });
});

test("a generator's chunks are the answer of who waits", async () => {
  const { text } = await served.call("plain-python/count_down_stream", { start: 3 });
  expect(text).toBe('{"chunks":[3,2,1],"output":null}');
});

test("a coroutine answers its value", async () => {
  expect((await served.call("plain-python/add", { a: 1.5, b: 2 })).text).toBe("3.5");
});

test("a batch answers a list of equal length, an error in its place", async () => {
  expect(await served.output("plain-python/double", [1, -1, 2.5])).toEqual([
    2,
    {
      error: expect.objectContaining({
        code: "AGENT_ERROR",
        status: 500,
        detail: expect.stringContaining("-1 is negative"),
      }),
    },
    5,
  ]);
});

test("yielded strings are chunks and text, numbered without a gap, and together the output", async () => {
  const events = await served.events("plain-python/words_stream", { text: "one two" });
  expect(events).toEqual([
    { n: 1, type: "started", data: { attempt: 1, version: expect.any(String) } },
    { n: 2, type: "chunk", data: "one " },
    { n: 3, type: "text", data: { delta: "one " } },
    { n: 4, type: "chunk", data: "two " },
    { n: 5, type: "text", data: { delta: "two " } },
    { n: 6, type: "result", data: { output: "one two " } },
  ]);
});

test("a generator's return value is the output beside its chunks", async () => {
  expect(await served.output("plain-python/steps_stream", { ab: 1, c: 2 })).toEqual({
    chunks: [
      { step: 1, key: "ab" },
      { step: 2, key: "c" },
    ],
    output: { steps: 2, letters: 3 },
  });
});

test("a method of a class has its instance", async () => {
  const call = { tool: "add", args: { a: 1, b: 2 } };
  expect(await served.output("plain-python/tools", call)).toEqual({ tool: "add", result: 3 });
  expect(await served.output("plain-python/tools", {})).toEqual({ error: "no such tool", tools: ["add", "upper"] });
});

test("dataclass, enum, decimal and date leave as JSON", async () => {
  expect((await served.call("plain-python/order", { item: "apple", quantity: 2 })).text).toBe(
    '{"order":{"item":"apple","quantity":2,"note":null},"state":"accepted","total":"2.20","due":"2026-12-24T18:00:00Z"}',
  );
});

test("an input of the wrong type is the caller's mistake, with its place", async () => {
  const { status, text } = await served.call("plain-python/order", { item: "apple", quantity: "two" });
  expect(status).toBe(422);
  expect(JSON.parse(text)).toMatchObject({
    code: "INVALID_INPUT",
    origin: "caller",
    errors: [{ pointer: "/quantity" }],
  });
});

test("what the function raises is the agent's mistake, with the user's own traceback", async () => {
  const { status, text } = await served.call("plain-python/order", { item: "plum", quantity: 1 });
  expect(status).toBe(500);
  const problem = JSON.parse(text);
  expect(problem).toMatchObject({ code: "AGENT_ERROR", origin: "agent", run_id: expect.stringMatching(/^run_/) });
  expect(problem.detail).toContain("we do not sell 'plum'");
  expect(problem.traceback).toContain("orders.py");
  expect(problem.traceback).not.toContain("runagent_worker");
});
