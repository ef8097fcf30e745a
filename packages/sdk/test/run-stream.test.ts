import { type Answer, event, json, type ScriptedServer, scriptedServer, sse } from "@runagent/testing";
import { afterEach, expect, test } from "vitest";
import { RunAgent, type RunStream } from "../src/index.ts";

const EVENTS = "GET /v1/runs/run_1/events";
const fast = "retry: 1\n\n";
const started = event(1, "started", { attempt: 1, version: "v1" });
let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function serve(script: Readonly<Record<string, readonly Answer[]>>): Promise<RunAgent> {
  server = await scriptedServer(script);
  return new RunAgent({ url: server.url });
}

async function numbers(stream: RunStream): Promise<(number | null)[]> {
  const seen: (number | null)[] = [];
  for await (const one of stream) seen.push(one.n);
  return seen;
}

test("a stream gives its events in order and its output at the end", async () => {
  const client = await serve({
    "POST /v1/runs": [
      sse(fast + started + event(2, "text", { delta: "hé" }) + event(3, "result", { output: { a: 1 } })),
    ],
  });
  const stream = client.agent("a").stream({ q: 1 });
  expect(await numbers(stream)).toEqual([1, 2, 3]);
  expect(await stream.output).toEqual({ a: 1 });
  expect(await stream.id).toBe("run_1");
  expect(JSON.parse(server?.asked[0]?.body ?? "")).toEqual({ agent: "a", input: { q: 1 } });
  expect(server?.asked).toHaveLength(1);
});

test("a connection that breaks twice, once within an event, is found again without a gap or a repeat", async () => {
  const two = event(2, "text", { delta: "a" });
  const client = await serve({
    "POST /v1/runs": [sse(fast + started + two + event(3, "text", { delta: "b" }).slice(0, 20), { cut: true })],
    [EVENTS]: [
      sse(fast + two + event(3, "text", { delta: "b" }), { cut: true }),
      sse(event(4, "text", { delta: "c" }) + event(5, "result", { output: "abc" })),
    ],
  });
  const stream = client.agent("a").stream();
  let text = "";
  for await (const delta of stream.text()) text += delta;
  expect(text).toBe("abc");
  expect(await stream.output).toBe("abc");
  const resumed = server?.asked.filter((one) => one.method === "GET");
  expect(resumed?.map((one) => one.headers["last-event-id"])).toEqual(["2", "3"]);
});

test("a filter goes to the call and to every resume", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(fast + event(4, "text", { delta: "a" }), { cut: true })],
    [EVENTS]: [sse(event(9, "result", { output: null }))],
  });
  await numbers(client.agent("a").stream({}, { types: ["text", "log"] }));
  expect(server?.asked.map((one) => one.path)).toEqual([
    "/v1/runs?types=text%2Clog",
    "/v1/runs/run_1/events?types=text%2Clog",
  ]);
});

test("a server that stays away ends the stream with a ConnectionError after a bounded number of attempts", async () => {
  const gone: Answer = (_, response) => {
    response.destroy();
  };
  const client = await serve({ "POST /v1/runs": [sse(fast + started, { cut: true })], [EVENTS]: [gone] });
  const stream = client.agent("a").stream({}, { idempotencyKey: "k" });
  await expect(numbers(stream)).rejects.toMatchObject({ name: "ConnectionError" });
  await expect(stream.output).rejects.toMatchObject({ name: "ConnectionError" });
  expect(server?.asked.filter((one) => one.method === "GET")).toHaveLength(6);
});

test("events that are no longer kept are a typed error, not another attempt", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(fast + started, { cut: true })],
    [EVENTS]: [json(410, { code: "EVENTS_GONE", detail: "the first is 7", retryable: false })],
  });
  const stream = client.agent("a").stream({}, { session: "s" });
  await expect(numbers(stream)).rejects.toMatchObject({ code: "EVENTS_GONE", message: "the first is 7" });
  expect(server?.asked).toHaveLength(2);
});

test("an error event is given, then thrown as its code", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(started + event(2, "error", { code: "AGENT_ERROR", detail: "ValueError: no", status: 500 }))],
  });
  const stream = client.agent("a").stream();
  const seen: string[] = [];
  const read = async (): Promise<void> => {
    for await (const one of stream) seen.push(one.type);
  };
  await expect(read()).rejects.toMatchObject({ code: "AGENT_ERROR", problem: { run_id: "run_1" } });
  expect(seen).toEqual(["started", "error"]);
});

test("a cancelled run throws RUN_CANCELLED with who and why", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(started + event(2, "cancelled", { by: "shutdown", reason: null }))],
  });
  const { output } = client.agent("a").stream();
  await expect(output).rejects.toMatchObject({ code: "RUN_CANCELLED", problem: { by: "shutdown", reason: null } });
});

test("leaving the loop cancels a direct run", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(started, { open: true })],
    "POST /v1/runs/run_1/cancel": [json(202, {})],
  });
  for await (const one of client.agent("a").stream()) if (one.n === 1) break;
  expect(server?.asked.map((one) => one.path)).toEqual(["/v1/runs", "/v1/runs/run_1/cancel"]);
});

test("leaving the loop lets a durable run go on", async () => {
  const client = await serve({ "POST /v1/runs": [sse(started, { open: true })] });
  for await (const one of client.agent("a").stream({}, { session: "s" })) if (one.n === 1) break;
  expect(server?.asked.map((one) => one.path)).toEqual(["/v1/runs"]);
});

test("an abort ends the reading with its own reason and cancels the run", async () => {
  const client = await serve({
    "POST /v1/runs": [sse(started, { open: true })],
    "POST /v1/runs/run_1/cancel": [json(202, {})],
  });
  const leaving = new AbortController();
  const stream = client.agent("a").stream({}, { signal: leaving.signal });
  const read = async (): Promise<void> => {
    for await (const one of stream) if (one.n === 1) leaving.abort(new Error("enough"));
  };
  await expect(read()).rejects.toThrow("enough");
  expect(server?.asked.at(-1)?.path).toBe("/v1/runs/run_1/cancel");
});
