import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, START_MS, serveExample } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExample("typescript");
}, START_MS);
afterAll(() => served?.process.close());

test("a function takes the whole body as one object; enums and aliases are there", async () => {
  expect((await served.call("plain-typescript", { name: "Ada", tone: "formal" })).text).toBe(
    '{"greeting":"Good day, Ada."}',
  );
  expect(await served.output("plain-typescript/greet", { name: "Bo" })).toEqual({ greeting: "Hello Bo!" });
});

test("a body that does not fit the parameter's type is the caller's mistake, with its place", async () => {
  const { status, text } = await served.call("plain-typescript/greet", {});
  expect(status).toBe(422);
  expect(JSON.parse(text)).toMatchObject({ code: "INVALID_INPUT", errors: [{ pointer: "/name" }] });
});

test("a generator's items are chunks and its return value the output", async () => {
  expect((await served.call("plain-typescript/count_down_stream", { start: 3 })).text).toBe(
    '{"chunks":[3,2,1],"output":{"counted":3}}',
  );
});

test("Map, BigInt and Date leave as JSON, the integer exact", async () => {
  expect((await served.call("plain-typescript/longest", { words: ["a", "bbb"] })).text).toBe(
    '{"lengths":{"a":1,"bbb":3},"exact":9007199254740993,"at":"1970-01-01T00:00:00.000Z"}',
  );
});

test("a batch answers a list of equal length, an error in its place", async () => {
  expect(await served.output("plain-typescript/double", [1, -1])).toEqual([
    2,
    { error: expect.objectContaining({ code: "AGENT_ERROR", detail: expect.stringContaining("-1 is negative") }) },
  ]);
});

test("a method of a class has its `this`", async () => {
  expect((await served.call("plain-typescript/counter", { to: 1 })).text).toBe('{"sum":2}');
});

test("Ctrl-C ends it with 130 within two seconds", async () => {
  const other = await serveExample("typescript");
  const began = performance.now();
  expect(await other.stop()).toBe(130);
  expect(performance.now() - began).toBeLessThan(2000);
});
