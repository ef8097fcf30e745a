import { problem } from "@runagent/protocol";
import { ROUTES } from "@runagent/protocol/api";
import { Validator } from "@seriousme/openapi-schema-validator";
import { describe, expect, test } from "vitest";
import { KNOWN_BATCH } from "./fake-ports.ts";
import { post, problemIn, serving } from "./serving.ts";

describe("a list of runs", () => {
  test("takes its filters", async () => {
    const { url, world } = await serving();
    await post(`${url}/v1/run/support`, '{"n":12345678901234567890}');
    const query = "agent=support&status=queued,running&session=s&batch=b&cursor=c&limit=7&since=2026-11-22T10:00:00Z";
    const response = await fetch(`${url}/v1/runs?${query}`);
    expect(await response.text()).toMatch(
      /^\{"items":\[\{"id":"run_.*"input":\{"n":12345678901234567890\}.*\}\],"next":null\}$/,
    );
    expect(world.filters[0]).toEqual({
      agent: "support",
      statuses: ["queued", "running"],
      session: "s",
      batch: "b",
      sinceMs: Date.parse("2026-11-22T10:00:00Z"),
      cursor: "c",
      limit: 7,
    });
  });

  test("has 50 a page, and counts since from now", async () => {
    const { url, world } = await serving();
    const before = Date.now();
    await fetch(`${url}/v1/runs?since=10m&agent=`);
    expect(world.filters[0]).toMatchObject({ agent: null, statuses: null, limit: 50 });
    expect(world.filters[0]?.sinceMs).toBeGreaterThanOrEqual(before - 600_000);
    expect(world.filters[0]?.sinceMs).toBeLessThanOrEqual(Date.now() - 600_000);
  });

  test.each(["limit=201", "limit=0", "limit=x", "status=done", "since=yesterday", "colour=red", "limit=1&limit=2"])(
    "refuses %s",
    async (query) => {
      const { url } = await serving();
      expect(await problemIn(await fetch(`${url}/v1/runs?${query}`))).toMatchObject({
        code: "INVALID_REQUEST",
        status: 400,
      });
    },
  );
});

describe("a run", () => {
  test("is read, its logs too, one a line", async () => {
    const { url, world } = await serving();
    await post(`${url}/v1/run/support`, "{}");
    const id = world.started[0]?.id;
    expect(await (await fetch(`${url}/v1/runs/${id}`)).json()).toMatchObject({ id, status: "succeeded", output: {} });
    expect((await fetch(`${url}/v1/runs/${id}/`)).status).toBe(200);
    const logs = await fetch(`${url}/v1/runs/${id}/logs`);
    expect(logs.headers.get("content-type")).toBe("application/x-ndjson");
    expect(await logs.text()).toBe(
      '{"at":"2026-11-22T10:00:00.000Z","level":"info","stream":"stdout","message":"hello\\nthere"}\n',
    );
  });

  test("is asked to stop: 202 while it goes on, 200 when it has ended", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    await post(`${url}/v1/run/support`, "{}", { prefer: "respond-async" });
    const run = world.started[0];
    expect((await post(`${url}/v1/runs/${run?.id}/cancel`, "")).status).toBe(202);
    run?.succeed("1");
    expect((await post(`${url}/v1/runs/${run?.id}/cancel`, '{"reason":"enough"}')).status).toBe(200);
    expect(world.cancelled.map(({ reason }) => reason)).toEqual([null, "enough"]);
    const wrong = await problemIn(await post(`${url}/v1/runs/${run?.id}/cancel`, '{"why":1}'));
    expect(wrong.errors).toEqual([{ pointer: "/why", detail: "unknown" }]);
  });

  test("is retried and resumed: 202 and where to look", async () => {
    const { url, world } = await serving();
    await post(`${url}/v1/run/support`, "{}");
    const id = world.started[0]?.id;
    const retried = await post(`${url}/v1/runs/${id}/retry`, "");
    expect(retried.status).toBe(202);
    expect(retried.headers.get("location")).toBe(`/v1/runs/${world.started[1]?.id}`);
    const resumed = await post(`${url}/v1/runs/${id}/resume`, '{"value": 12345678901234567890}');
    expect(resumed.status).toBe(202);
    expect(world.resumed).toEqual(["12345678901234567890"]);
    const wrong = await problemIn(await post(`${url}/v1/runs/${id}/resume`, "{}"));
    expect(wrong.errors).toEqual([{ pointer: "/value", detail: "required" }]);
  });
});

describe("a batch", () => {
  test("is made of the items as they were written", async () => {
    const { url, world } = await serving();
    const body = '{"agent":"support@v1","tag":"chat","items":[{"n": 12345678901234567890}, "a,b"],"concurrency":2}';
    const response = await post(`${url}/v1/batches`, body, { "idempotency-key": "k" });
    expect(response.status).toBe(202);
    const batch = await response.json();
    expect(response.headers.get("location")).toBe(`/v1/batches/${batch.id}`);
    expect(batch).toMatchObject({ total: 2, status: "running" });
    expect(world.batches[0]).toMatchObject({
      items: ['{"n": 12345678901234567890}', '"a,b"'],
      concurrency: 2,
      idempotency: { key: "k" },
    });
  });

  test("of too many items is refused", async () => {
    const { url } = await serving(() => {}, { batch: 2 });
    const response = await post(`${url}/v1/batches`, '{"agent":"support","items":[1,2,3]}');
    expect(await problemIn(response)).toMatchObject({ status: 400, errors: [{ pointer: "/items" }] });
  });

  test("is read, listed, cancelled, retried", async () => {
    const { url } = await serving();
    expect(await problemIn(await fetch(`${url}/v1/batches/bat_x`))).toMatchObject({ code: "BATCH_NOT_FOUND" });
    expect(await (await fetch(`${url}/v1/batches/bat_x/runs`)).json()).toEqual({ items: [], next: "c2" });
    for (const verb of ["cancel", "retry"])
      expect((await post(`${url}/v1/batches/${KNOWN_BATCH}/${verb}`, "")).status).toBe(202);
  });

  test("or a run is not tried again by an agent that does not load", async () => {
    const { url, world } = await serving();
    const first = await post(`${url}/v1/run/support`, "{}");
    world.notReady = problem("LOAD_FAILED", "SyntaxError");
    const id = first.headers.get("runagent-run-id");
    for (const path of [`/v1/runs/${id}/retry`, `/v1/batches/${KNOWN_BATCH}/retry`])
      expect(await problemIn(await post(url + path, ""))).toMatchObject({ code: "LOAD_FAILED", status: 503 });
    expect(world.started).toHaveLength(1);
  });
});

describe("a session", () => {
  test("is listed, read, forked, deleted", async () => {
    const { url } = await serving();
    const base = `${url}/v1/agents/support/sessions`;
    expect(await (await fetch(base)).json()).toMatchObject({ items: [{ id: "s-1" }], next: null });
    expect(await (await fetch(`${base}/s-1`)).text()).toContain('"state":{"big":12345678901234567890}');
    const forked = await post(`${base}/s-1/fork`, '{"id":"s 3"}');
    expect(forked.status).toBe(201);
    expect(forked.headers.get("location")).toBe("/v1/agents/support/sessions/s%203");
    expect((await fetch(`${base}/s-1`, { method: "DELETE" })).status).toBe(204);
    const stranger = await fetch(`${url}/v1/agents/nobody/sessions`);
    expect(await problemIn(stranger)).toMatchObject({ code: "AGENT_NOT_FOUND", status: 404 });
  });
});

describe("the server", () => {
  test("lists agents, says what it is, lives, and is ready or says why not", async () => {
    const { url, world } = await serving();
    expect(await (await fetch(`${url}/v1/agents`)).json()).toMatchObject({ items: [{ name: "support" }], next: null });
    expect(await (await fetch(`${url}/v1/agents/support`)).json()).toMatchObject({ default: "chat" });
    expect(await (await fetch(`${url}/v1/info`)).json()).toMatchObject({ api: "v1", degraded: [] });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect((await fetch(`${url}/readyz`)).status).toBe(200);
    world.notReady = problem("LOAD_FAILED", "no module", { traceback: "import nothing" });
    const response = await fetch(`${url}/readyz`);
    expect(response.headers.get("retry-after")).toBe("1");
    expect(await problemIn(response)).toMatchObject({ code: "LOAD_FAILED", status: 503, traceback: "import nothing" });
    expect(await (await fetch(`${url}/metrics`)).text()).toContain("runagent_open_streams");
  });

  test("describes itself in valid OpenAPI 3.1 with every route", async () => {
    const { url } = await serving();
    const description = await (await fetch(`${url}/openapi.json`)).json();
    expect(await new Validator().validate(structuredClone(description))).toEqual({ valid: true });
    expect(description.openapi).toMatch(/^3\.1/);
    const operations = Object.values<object>(description.paths).flatMap((path) => Object.keys(path));
    expect(operations).toHaveLength(Object.keys(ROUTES).length);
    expect(description.paths["/v1/runs"].get.security).toEqual([]); // `serve` knows no keys
  });

  test("has a page for people that runs nothing and loads nothing", async () => {
    const { url } = await serving();
    const response = await fetch(`${url}/docs`);
    const page = await response.text();
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(page).toContain("/v1/runs/{id}/events");
    expect(page).toContain("Support &#60;b&#62;");
    expect(page).not.toMatch(/<script|src=|https?:\/\/(?!runagent)/);
  });

  test("tells its observer each request once, with run and code", async () => {
    const { url, world } = await serving();
    let entry = world.nextRequest();
    await post(`${url}/v1/run/support?types=text`, "{}");
    await entry;
    entry = world.nextRequest();
    await fetch(`${url}/v1/nowhere`);
    await entry;
    expect(world.requests).toMatchObject([
      { method: "POST", path: "/v1/run/support", status: 200, runId: world.started[0]?.id, code: null },
      { method: "GET", path: "/v1/nowhere", status: 404, runId: null, code: "NOT_FOUND" },
    ]);
  });

  test("answers HEAD like GET, without the body", async () => {
    const { url } = await serving();
    const response = await fetch(`${url}/healthz`, { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });
});
