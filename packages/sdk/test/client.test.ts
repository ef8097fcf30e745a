import { type Answer, event, json, type ScriptedServer, scriptedServer, sse } from "@runagent/testing";
import { afterEach, expect, test } from "vitest";
import { ConnectionError, isRunAgentError, RawJson, RunAgent, RunWaiting } from "../src/index.ts";

let server: ScriptedServer | undefined;

afterEach(async () => {
  await server?.close();
});

async function serve(script: Readonly<Record<string, readonly Answer[]>>): Promise<RunAgent> {
  server = await scriptedServer(script);
  return new RunAgent({ url: server.url, apiKey: "secret", timeout: 9 });
}

test("run answers the output and sends every option in the envelope", async () => {
  const client = await serve({ "POST /v1/runs": [json(200, { reply: "hi" })] });
  const output = await client
    .agent("support")
    .run({ q: 1 }, { tag: "chat", session: "s", user: "u", idempotencyKey: "k", metadata: { a: [1] }, version: "v7" });
  expect(output).toEqual({ reply: "hi" });
  const asked = server?.asked[0];
  expect(JSON.parse(asked?.body ?? "")).toEqual({
    agent: "support",
    tag: "chat",
    input: { q: 1 },
    session: "s",
    user: "u",
    timeout: 9,
    metadata: { a: [1] },
    version: "v7",
  });
  expect(asked?.headers).toMatchObject({ authorization: "Bearer secret", "idempotency-key": "k" });
});

test("integers above 2^53 go out and come back with every digit", async () => {
  const echo: Answer = ({ body }, response) => {
    response.end(/"input":(.*)\}$/.exec(body)?.[1]);
  };
  const client = await serve({ "POST /v1/runs": [echo] });
  const { text } = await client.agent("a").runText(new RawJson('{"n":123456789012345678901}'));
  expect(text).toBe('{"n":123456789012345678901}');
});

test("a problem is thrown as its code with everything it says", async () => {
  const problem = {
    code: "INVALID_INPUT",
    status: 422,
    detail: "message is missing",
    errors: [{ pointer: "/message", detail: "required" }],
  };
  const client = await serve({ "POST /v1/runs": [json(422, problem)] });
  const error: unknown = await client
    .agent("a")
    .run({})
    .catch((thrown: unknown) => thrown);
  expect(isRunAgentError(error) && error.code).toBe("INVALID_INPUT");
  expect(error).toMatchObject({ message: "message is missing", problem: { ...problem, origin: "caller" } });
});

test("a page of a proxy becomes the problem of its status", async () => {
  const client = await serve({ "GET /v1/info": [json(503, "<h1>down</h1>")] });
  await expect(client.info()).rejects.toMatchObject({ name: "RunAgentError", problem: { status: 503 } });
});

test("a server that is not there is a ConnectionError that names it", async () => {
  const client = await serve({});
  await server?.close();
  await expect(client.info()).rejects.toBeInstanceOf(ConnectionError);
  await expect(client.info()).rejects.toThrow(client.url);
});

test("an aborted run rejects with the reason that was given", async () => {
  const leaving = new AbortController();
  const client = await serve({ "POST /v1/runs": [() => leaving.abort(new Error("no longer"))] });
  await expect(client.agent("a").run({}, { signal: leaving.signal })).rejects.toThrow("no longer");
});

test("a background run is waited for through its events", async () => {
  const client = await serve({
    "POST /v1/runs": [json(202, { id: "run_9", status: "queued" })],
    "GET /v1/runs/run_9/events": [sse(event(5, "result", { output: [1] }))],
  });
  const run = await client.agent("a").background({});
  expect(await run.wait()).toEqual([1]);
  expect(JSON.parse(server?.asked[0]?.body ?? "")).toMatchObject({ background: true });
});

test("an entrypoint that answers in the background is waited for all the same", async () => {
  const client = await serve({
    "POST /v1/runs": [json(202, { id: "run_9", status: "queued" })],
    "GET /v1/runs/run_9/events": [sse(event(5, "result", { output: 7 }))],
  });
  expect(await client.agent("a").run({})).toBe(7);
});

test("a run that waits for a person throws what to answer it with", async () => {
  const client = await serve({
    "POST /v1/runs": [json(202, { id: "run_9", status: "waiting" })],
    "POST /v1/runs/run_9/resume": [json(202, { id: "run_9", status: "queued" })],
  });
  const error: unknown = await client
    .agent("a")
    .run({})
    .catch((thrown: unknown) => thrown);
  if (!(error instanceof RunWaiting)) throw new Error("it did not wait");
  await error.handle.resume(new RawJson("12345678901234567890"));
  expect(server?.asked.at(-1)?.body).toBe('{"value":12345678901234567890}');
});

test("a list is read page by page, with its filter on each", async () => {
  const client = await serve({
    "GET /v1/runs": [
      json(200, { items: [{ id: "c" }, { id: "b" }], next: "x" }),
      json(200, { items: [{ id: "a" }], next: null }),
    ],
  });
  const ids: string[] = [];
  for await (const run of client.runs.list({ agent: "a", status: ["failed", "cancelled"] })) ids.push(run.id);
  expect(ids).toEqual(["c", "b", "a"]);
  expect(server?.asked.map((one) => one.path)).toEqual([
    "/v1/runs?agent=a&status=failed%2Ccancelled",
    "/v1/runs?agent=a&status=failed%2Ccancelled&cursor=x",
  ]);
});

test("a batch gives its results in the order of the items", async () => {
  const client = await serve({
    "POST /v1/batches": [json(202, { id: "bat_1", status: "running" })],
    "GET /v1/batches/bat_1": [json(200, { status: "running" }), json(200, { status: "ended" })],
    "GET /v1/batches/bat_1/runs": [
      json(200, {
        items: [
          { index: 1, output: "b" },
          { index: 0, output: "a" },
        ],
        next: null,
      }),
    ],
  });
  const batch = await client.agent("a").batch([1, { x: 2 }], { concurrency: 2 });
  expect((await batch.results()).map((run) => run.output)).toEqual(["a", "b"]);
  expect(JSON.parse(server?.asked[0]?.body ?? "")).toEqual({ agent: "a", concurrency: 2, items: [1, { x: 2 }] });
});

test("a server behind a path prefix is called under it", async () => {
  server = await scriptedServer({ "GET /agents/v1/info": [json(200, { version: "1" })] });
  expect(await new RunAgent({ url: `${server.url}/agents` }).info()).toEqual({ version: "1" });
});
