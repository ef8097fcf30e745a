import { problem } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { FakeRun } from "./fake-run.ts";
import { post, problemIn, serving } from "./serving.ts";

describe("a call that waits", () => {
  test("is answered with the output and says which run and version it was", async () => {
    const { url, world } = await serving();
    const response = await post(`${url}/v1/run/support`, '{"a": 1}');
    expect(response.status).toBe(200);
    expect(await response.text()).toBe('{"a": 1}');
    const id = world.started[0]?.id;
    expect(response.headers.get("runagent-run-id")).toBe(id);
    expect(response.headers.get("runagent-version")).toBe("v1");
    expect(response.headers.get("link")).toBe(`</v1/runs/${id}>; rel="self"`);
    expect(world.started[0]?.request).toMatchObject({ agent: "support", tag: "chat", durable: false, stream: false });
  });

  test("hands integers above 2^53 on as they were written, both forms", async () => {
    const { url, world } = await serving();
    const big = '{"n":123456789012345678901234567890,"f":1.10}';
    expect(await (await post(`${url}/v1/run/support/chat`, big)).text()).toBe(big);
    expect(await (await post(`${url}/v1/runs`, `{"agent":"support","input": ${big}}`)).text()).toBe(big);
    expect(world.started).toHaveLength(2);
  });

  test("takes an empty body as {}, and any content type", async () => {
    const { url } = await serving();
    expect(await (await post(`${url}/v1/run/support`, "")).text()).toBe("{}");
    const form = { "content-type": "application/x-www-form-urlencoded" };
    expect(await (await post(`${url}/v1/run/support`, "[1]", form)).text()).toBe("[1]");
  });

  test("gets chunks and output of a stream", async () => {
    const { url } = await serving((world) => {
      world.onStart = (run) => run.succeedStreaming(['"a"', "12345678901234567890"], '"ab"');
    });
    expect(await (await post(`${url}/v1/run/support`, "{}")).text()).toBe(
      '{"chunks":["a",12345678901234567890],"output":"ab"}',
    );
  });

  test("gets the run's problem with its id", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = (run) => run.fail(problem("AGENT_ERROR", "boom", { traceback: "line 1" }));
    });
    const response = await post(`${url}/v1/run/support`, "{}");
    expect(response.status).toBe(500);
    expect(response.headers.get("runagent-run-id")).toBe(world.started[0]?.id);
    expect(await problemIn(response)).toMatchObject({
      code: "AGENT_ERROR",
      run_id: world.started[0]?.id,
      traceback: "line 1",
    });
  });

  test("gets 202 and the run when the run waits for a person", async () => {
    const { url } = await serving((world) => {
      world.onStart = (run) => run.wait();
    });
    const response = await post(`${url}/v1/run/support`, "{}");
    expect(response.status).toBe(202);
    expect(await response.json()).toMatchObject({ status: "waiting", input: {} });
  });

  test("lets its run know when the caller leaves", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const leaving = new AbortController();
    const started = new Promise<FakeRun>((resolve) => {
      world.onStart = resolve;
    });
    const call = fetch(`${url}/v1/run/support`, { method: "POST", body: "{}", signal: leaving.signal });
    const run = await started;
    expect(run.left).toBe(0);
    leaving.abort();
    await expect(call).rejects.toThrow("abort");
    await run.someoneLeft();
    expect(run.attached).toEqual(["json"]);
  });
});

describe("a call in the background", () => {
  const ways: [string, string, Record<string, string>, string | null][] = [
    ["/v1/run/support", '{"x":1}', { prefer: "respond-async" }, "respond-async"],
    ["/v1/runs", '{"agent":"support","background":true,"input":{"x":1}}', {}, null],
  ];
  test.each(ways)("is answered 202 with the run: %s", async (path, body, headers, applied) => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const response = await post(url + path, body, headers);
    expect(response.status).toBe(202);
    const id = world.started[0]?.id;
    expect(response.headers.get("location")).toBe(`/v1/runs/${id}`);
    expect(response.headers.get("preference-applied")).toBe(applied);
    expect(await response.json()).toMatchObject({
      id,
      status: "running",
      input: { x: 1 },
      output: null,
      durable: true,
    });
    expect(world.started[0]?.request).toMatchObject({ background: true, durable: true });
  });

  test("is what an entrypoint with delivery background gets without asking", async () => {
    const { url } = await serving((world) => {
      world.delivery = "background";
      world.onStart = () => {};
    });
    expect((await post(`${url}/v1/run/support`, "{}")).status).toBe(202);
  });

  test("waits as long as Prefer says, then answers 202", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const late = await post(`${url}/v1/run/support`, "{}", { prefer: "wait=0, respond-async" });
    expect(late.status).toBe(202);
    expect(late.headers.get("preference-applied")).toBe("respond-async, wait=0");
    world.onStart = (run) => run.succeed("1");
    const early = await post(`${url}/v1/run/support`, "{}", { prefer: "wait=900" });
    expect(early.status).toBe(200);
    expect(early.headers.get("preference-applied")).toBe("wait=300");
    world.onStart = () => {};
    const short = await post(`${url}/v1/run/support`, "{}", { prefer: "wait=0.01" });
    expect([short.status, short.headers.get("preference-applied")]).toEqual([202, "wait=0.01"]);
  });
});

describe("headers of a call", () => {
  test("reach the run", async () => {
    const { url, world } = await serving();
    const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    const headers = { "runagent-session": "s-1", "runagent-user": "u", "runagent-timeout": "2.5", traceparent };
    await post(`${url}/v1/run/support`, "{}", headers);
    expect(world.started[0]?.request).toMatchObject({
      session: "s-1",
      user: "u",
      timeoutMs: 2500,
      traceparent,
      durable: true,
    });
  });

  test.each(["0", "-1", "abc", "61", "1e3", "NaN"])("refuse RunAgent-Timeout %s and make no run", async (timeout) => {
    const { url, world } = await serving();
    const response = await post(`${url}/v1/run/support`, "{}", { "runagent-timeout": timeout });
    expect(await problemIn(response)).toMatchObject({ code: "INVALID_REQUEST", status: 400 });
    expect(response.headers.get("runagent-run-id")).toBeNull();
    expect(world.started).toHaveLength(0);
  });

  test("make calls the same under a key: tag and JSON count, order and space do not", async () => {
    const { url, world } = await serving();
    const key = { "idempotency-key": "k" };
    const bodies = ['{"a":1,"b":"\\u0061"}', ' { "b" : "a", "a" : 1 } ', '{"a":1.0,"b":"a"}', '{"a":[1, {}], "b":"a"}'];
    for (const body of bodies) await post(`${url}/v1/run/support`, body, key);
    await post(`${url}/v1/runs`, `{"input":${bodies[0]},"agent":"support","tag":"chat"}`, key);
    await post(`${url}/v1/runs`, `{"input":${bodies[0]},"agent":"support","metadata":{"m":1}}`, key);
    const prints = world.started.map((run) => run.request.idempotency?.fingerprint);
    expect(prints[1]).toBe(prints[0]);
    expect(prints[4]).toBe(prints[0]);
    expect(new Set(prints).size).toBe(4);
  });

  test("under a known key need no agent that loads", async () => {
    const { url, world } = await serving();
    const key = { "idempotency-key": "k" };
    await post(`${url}/v1/run/support`, '{"a":1}', key);
    const [first] = world.started;
    if (first === undefined) throw new Error("no run was started");
    world.earlier.set("k", first);
    world.notReady = problem("LOAD_FAILED", "SyntaxError");
    for (const path of ["/v1/run/support", "/v1/run/support/chat"]) {
      const again = await post(url + path, '{"a":1}', key);
      expect([again.status, await again.text()]).toEqual([200, '{"a":1}']);
      expect(await problemIn(await post(url + path, '{"a":2}', key))).toMatchObject({ code: "IDEMPOTENCY_KEY_REUSED" });
    }
    const other = { "idempotency-key": "other" };
    expect(await problemIn(await post(`${url}/v1/run/support`, "{}", other))).toMatchObject({ code: "LOAD_FAILED" });
    expect(world.started).toHaveLength(1);
  });

  test("say when a batch had been made before, which needs no agent that loads", async () => {
    const { url, world } = await serving();
    const make = () => post(`${url}/v1/batches`, '{"agent":"support","items":[1]}', { "idempotency-key": "k" });
    expect((await make()).headers.get("idempotent-replayed")).toBeNull();
    world.earlierBatch = "k";
    world.notReady = problem("LOAD_FAILED", "SyntaxError");
    const again = await make();
    expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([202, "true"]);
    expect(world.batches).toHaveLength(1);
  });

  test("say when an answer is a stored one", async () => {
    const { url } = await serving((world) => {
      world.make = (request) =>
        new (class extends FakeRun {
          override readonly replayed = true;
        })(request);
    });
    const response = await post(`${url}/v1/run/support`, "{}", { "idempotency-key": "k" });
    expect(response.headers.get("idempotent-replayed")).toBe("true");
  });
});
