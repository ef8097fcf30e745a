import { describe, expect, test } from "vitest";
import { post, problemIn, raw, rawConnection, serving, untilClosed } from "./serving.ts";

const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);

describe("a body", () => {
  const bad: [string, string | Uint8Array][] = [
    ["malformed JSON", '{"a":'],
    ["NaN", '{"a": NaN}'],
    ["bad UTF-8", new Uint8Array([0x22, 0xc3, 0x28, 0x22])],
    ["a depth of 129", deep(129)],
    ["a depth bomb", "[".repeat(1_000_000)],
  ];
  test.each(bad)("with %s is 400, makes no run, and others are served", async (_name, body) => {
    const { url, world } = await serving();
    const response = await fetch(`${url}/v1/run/support`, { method: "POST", body: body as BodyInit }); // bytes or text
    const problem = await problemIn(response);
    expect(problem).toMatchObject({ code: "INVALID_REQUEST", status: 400 });
    expect(problem.run_id).toBeUndefined();
    expect(world.started).toHaveLength(0);
    expect((await post(`${url}/v1/run/support`, deep(128))).status).toBe(200);
  });

  test("above the limit is 413 at once, by its length", async () => {
    const { port } = await serving();
    const answer = await raw(
      port,
      "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n{",
    );
    expect(answer).toMatch(/^HTTP\/1.1 413 .*"code":"INPUT_TOO_LARGE"/s);
  });

  test("above the limit is 413 while it comes in pieces", async () => {
    const { port } = await serving(() => {}, { body: 1000 });
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.write("POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
    socket.write(`400\r\n${"x".repeat(1024)}\r\n`);
    expect(await answer).toMatch(/^HTTP\/1.1 413 .*"code":"INPUT_TOO_LARGE"/s);
  });

  test("above the limit does not keep an ordinary client from the answer", async () => {
    const { url } = await serving();
    const response = await post(`${url}/v1/run/support`, `"${"x".repeat(12 * 1024 * 1024)}"`);
    expect(await problemIn(response)).toMatchObject({ code: "INPUT_TOO_LARGE", status: 413 });
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  });

  test("is asked for when the caller expects 100", async () => {
    const { port } = await serving();
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    const head = "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
    socket.write(`${head}Expect: 100-continue\r\nContent-Length: 2\r\n\r\n{}`);
    expect(await answer).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 OK/);
  });
});

describe("an envelope", () => {
  test.each([
    ["{}", "/agent", "required"],
    ["", "/agent", "required"],
    ["[]", "", "must be object"],
    ['{"agent":"support","colour":1}', "/colour", "unknown"],
    ['{"agent":"support","tag":7}', "/tag", "must be string,null"],
    ['{"agent":"support","timeout":0}', "/timeout", "must be > 0"],
    ['{"agent":"support","timeout":61}', "/timeout", "at most 60: the agent's `resources.timeout`"],
    ['{"agent":"support","start_at":"2027-01-01T00:00:00Z"}', "/start_at", "this server does not have it yet"],
  ])("%s is 400 with the pointer %s", async (body, pointer, detail) => {
    const { url, world } = await serving();
    const problem = await problemIn(await post(`${url}/v1/runs`, body));
    expect(problem).toMatchObject({ code: "INVALID_REQUEST", status: 400, errors: [{ pointer, detail }] });
    expect(world.started).toHaveLength(0);
  });
});

describe("an input", () => {
  const schema = {
    type: "object",
    required: ["messages"],
    properties: { messages: { type: "array", items: { type: "string" } }, "a/b": { type: "integer" } },
    additionalProperties: false,
  };
  test.each([
    ["/v1/run/support", "{}", [{ pointer: "/messages", detail: "required" }]],
    ["/v1/run/support", "[]", [{ pointer: "", detail: "must be object" }]],
    [
      "/v1/run/support",
      '{"messages":["a",1],"a/b":"x"}',
      [
        { pointer: "/messages/1", detail: "must be string" },
        { pointer: "/a~1b", detail: "must be integer" },
      ],
    ],
    ["/v1/runs", '{"agent":"support","input":{}}', [{ pointer: "/messages", detail: "required" }]],
    ["/v1/runs", '{"agent":"support"}', [{ pointer: "/messages", detail: "required" }]],
    [
      "/v1/batches",
      '{"agent":"support","items":[{"messages":[]},{}]}',
      [{ pointer: "/items/1/messages", detail: "required" }],
    ],
  ])("%s %s is 422 with pointers", async (path, body, errors) => {
    const { url, world } = await serving((one) => {
      one.schema = schema;
    });
    expect(await problemIn(await post(url + path, body))).toMatchObject({ code: "INVALID_INPUT", status: 422, errors });
    expect(world.started).toHaveLength(0);
  });

  test("of a batch entrypoint is a list", async () => {
    const { url } = await serving((world) => {
      world.type = "batch";
    });
    expect(await problemIn(await post(`${url}/v1/run/support`, "{}"))).toMatchObject({
      code: "INVALID_INPUT",
      errors: [{ pointer: "" }],
    });
    expect((await post(`${url}/v1/run/support`, "[1]")).status).toBe(200);
  });

  test("with thousands of mistakes gets a short list of them", async () => {
    const { url } = await serving((world) => {
      world.schema = { type: "array", items: { type: "string" } };
    });
    const many = JSON.stringify(Array.from({ length: 5000 }, (_, i) => i));
    expect((await problemIn(await post(`${url}/v1/run/support`, many))).errors).toHaveLength(50);
    const more = JSON.stringify(Array.from({ length: 500_000 }, (_, i) => i));
    expect((await problemIn(await post(`${url}/v1/run/support`, more))).errors).toHaveLength(1);
  });

  test("is not checked against a schema that cannot be compiled, and that is noted once", async () => {
    const { url, world } = await serving((one) => {
      one.schema = { $ref: "https://elsewhere.example/schema" };
    });
    for (const body of ["1", "2"]) expect((await post(`${url}/v1/run/support`, body)).status).toBe(200);
    expect(world.notes).toEqual([expect.stringContaining("Inputs of chat are not checked")]);
  });
});

describe("an unknown", () => {
  test.each([
    ["GET", "/v1/nowhere", 404, "NOT_FOUND"],
    ["POST", "/v1/run/other", 404, "AGENT_NOT_FOUND"],
    ["POST", "/v1/run/support/other", 404, "ENTRYPOINT_NOT_FOUND"],
    ["POST", "/v1/run/support@v9", 404, "VERSION_NOT_FOUND"],
    ["GET", "/v1/runs/run_x", 404, "RUN_NOT_FOUND"],
    ["POST", "/v1/run/%ff", 400, "INVALID_REQUEST"],
    ["POST", "/v1/run//chat", 404, "NOT_FOUND"],
  ])("%s %s is %i %s", async (method, path, status, code) => {
    const { url } = await serving();
    expect(await problemIn(await fetch(url + path, { method }))).toMatchObject({ status, code });
  });

  test("method is 405 and names those that are known", async () => {
    const { url } = await serving();
    const response = await fetch(`${url}/v1/runs`, { method: "PUT" });
    expect(response.headers.get("allow")).toBe("POST, GET, HEAD, OPTIONS");
    expect(await problemIn(response)).toMatchObject({ code: "METHOD_NOT_ALLOWED", status: 405 });
    expect((await fetch(`${url}/v1/run/support`)).headers.get("allow")).toBe("POST, OPTIONS");
  });

  test("fault of ours is INTERNAL, noted, and its words stay inside", async () => {
    const { url, world } = await serving((one) => {
      one.onStart = () => {
        throw new TypeError("secret detail");
      };
    });
    const problem = await problemIn(await post(`${url}/v1/run/support`, "{}"));
    expect(problem).toMatchObject({ code: "INTERNAL", status: 500 });
    expect(problem.detail).not.toContain("secret");
    expect(world.notes[0]).toContain("secret detail");
  });
});
