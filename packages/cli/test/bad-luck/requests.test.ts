/** Requests as nobody should send them: each is refused with a message that helps, and the neighbour is served. */
import { openRaw } from "@runagent/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { besides, functionsOf, problemLike, READY_MS, type Serving, saying, serveFolder } from "./serving.ts";

const AGENT = `
def well(n: int) -> int:
    return n + 1


def echo(data):
    return data


def said(text: str, times: int = 1) -> str:
    return text * times


def each(items: list):
    yield from items
`;
const BODY_LIMIT = 4 * 1024 * 1024;
const DEPTH_LIMIT = 128;
/** `header_time` of the limits is ten seconds. */
const SLOW_MS = 20_000;

let served: Serving;
beforeAll(async () => {
  served = await serveFolder({ files: { "agent.py": AGENT }, file: "agent.py", modules: functionsOf(AGENT) });
}, READY_MS);
afterAll(() => served?.[Symbol.asyncDispose]());

describe("a body that", () => {
  test.each([
    ["is cut off", '{"n": 1', /not JSON.*line 1 column 8/],
    ["is not JSON at all", "n=1", /not JSON.*n=1/],
    ["has a comma too many", '{"n": 1,}', /not JSON/],
    ["holds NaN", '{"n": NaN}', /not JSON.*NaN/],
    ["holds Infinity", "[-Infinity]", /not JSON/],
    ["is two documents", "{} {}", /not JSON/],
    ["is bad UTF-8", Uint8Array.of(0x22, 0xff, 0xfe, 0x22), /not UTF-8/],
    ["is cut amid a character", Uint8Array.of(0x22, 0xe2, 0x82, 0x22), /not UTF-8/],
    ["is UTF-16", new Uint8Array(new Uint16Array([0x7b, 0x7d, 0xd800]).buffer), /not UTF-8/],
    ["is one level too deep", nested(DEPTH_LIMIT + 1), /deeper than 128/],
    ["is a depth bomb of objects", '{"a":'.repeat(200_000) + 1 + "}".repeat(200_000), /deeper than 128/],
    ["is a depth bomb", nested(1_000_000), /deeper than 128/],
    ["is an unfinished depth bomb", "[".repeat(1_000_000), /not JSON|deeper than 128/],
  ])("%s is 400", async (_, body, detail) => {
    const answer = await besides(served, served.call("echo", body));
    expect(answer).toEqual(
      problemLike(400, "INVALID_REQUEST", {
        origin: "caller",
        hint: expect.stringContaining("one JSON document"),
        ...saying(detail),
      }),
    );
    expect(answer.headers.get("runagent-run-id")).toBeNull();
    expect(answer.value).not.toHaveProperty("run_id");
  });

  test("is as deep as may be is taken", async () => {
    const body = nested(DEPTH_LIMIT);
    expect(await served.call("echo", body)).toMatchObject({ status: 200, text: body });
  });

  test.each(["", "  \n\t "])("is %j is an empty object", async (body) => {
    expect(await served.call("echo", body)).toMatchObject({ status: 200, text: "{}" });
    expect(await served.call("well", body)).toEqual(
      problemLike(422, "INVALID_INPUT", { errors: [{ pointer: "/n", detail: "required" }] }),
    );
  });

  test("is as large as may be is taken, one byte more is 413", async () => {
    const body = JSON.stringify("x".repeat(BODY_LIMIT - 2));
    const taken = await besides(served, served.call("echo", body));
    expect([taken.status, taken.text.length]).toEqual([200, BODY_LIMIT]);
    expect(await besides(served, served.call("echo", `${body} `))).toEqual(
      problemLike(413, "INPUT_TOO_LARGE", saying(/larger than 4194304 bytes/)),
    );
  });

  test("does not say how large it is, and is too large, is 413", async () => {
    await using client = await openRaw(served.port);
    await client.send(
      "POST /v1/run/luck/echo HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n" +
        `${(BODY_LIMIT + 1).toString(16)}\r\n"${"x".repeat(BODY_LIMIT)}`,
    );
    expect(await client.until(/\r\n\r\n\{.*\}/s, SLOW_MS)).toMatch(/^HTTP\/1.1 413 .*"code":"INPUT_TOO_LARGE"/s);
    await served.neighbour();
  });
});

describe("an input that", () => {
  test.each([
    ["has a text for a number", "well", { n: "1" }, [{ pointer: "/n", detail: expect.stringMatching(/integer/) }]],
    ["has a truth value for a number", "well", { n: true }, [{ pointer: "/n", detail: expect.any(String) }]],
    ["has a fraction for an integer", "well", { n: 1.5 }, [{ pointer: "/n", detail: expect.any(String) }]],
    ["is a list", "well", [1], [{ pointer: "", detail: expect.any(String) }]],
    ["has a key that nobody knows", "well", { n: 1, m: 2 }, [{ pointer: "/m", detail: expect.any(String) }]],
    [
      "is wrong in two places",
      "said",
      { text: 1, times: "x" },
      [expect.objectContaining({ pointer: "/text" }), expect.objectContaining({ pointer: "/times" })],
    ],
  ])("%s is 422 and points at it", async (_, tag, input, errors) => {
    const answer = await besides(served, served.call(tag, input));
    expect(answer).toEqual(problemLike(422, "INVALID_INPUT", { origin: "caller", errors }));
    expect(answer.headers.get("runagent-run-id")).toBeNull();
  });
});

describe("integers above 2^53", () => {
  const numbers = "[9007199254740993,-9007199254740993,123456789012345678901234567890,0.1]";

  test("are exact both ways", async () => {
    expect(await served.call("echo", numbers)).toMatchObject({ status: 200, text: numbers });
    expect((await served.call("well", '{"n":9007199254740992}')).text).toBe("9007199254740993");
    expect((await served.call("well", '{"n":99999999999999999999}')).text).toBe("100000000000000000000");
  });

  test("are exact in events, chunks, the run's record and a batch", async () => {
    const stream = await served.call("each", `{"items":${numbers}}`, { accept: "text/event-stream" });
    expect(stream.text).toContain("event: chunk\ndata: 9007199254740993\n");
    expect((await served.call("each", `{"items":${numbers}}`)).text).toContain(`{"chunks":${numbers}`);
    const answer = await served.call("echo", numbers, { prefer: "wait=10" });
    const record = await served.request(`/v1/runs/${answer.headers.get("runagent-run-id")}`);
    expect(record.text).toContain(`"input":${numbers}`);
    expect(record.text).toContain(`"output":${numbers}`);
    const full = await served.request("/v1/runs", {
      method: "POST",
      body: `{"agent":"luck","tag":"echo","input":${numbers}}`,
    });
    expect(full.text).toBe(numbers);
  });
});

describe("a path that", () => {
  test("has an unknown tag suggests the nearest and names them all", async () => {
    expect(await besides(served, served.call("wel", "{}"))).toEqual(
      problemLike(404, "ENTRYPOINT_NOT_FOUND", saying(/"wel".*Did you mean "well"\?.*well, echo, said, each/s)),
    );
  });

  test("has an unknown agent suggests the nearest", async () => {
    expect(await served.request("/v1/run/lukc", { method: "POST" })).toEqual(
      problemLike(404, "AGENT_NOT_FOUND", saying(/"lukc".*serves "luck"/)),
    );
  });

  test("takes other methods says which", async () => {
    const answer = await besides(served, served.request("/v1/run/luck/well"));
    expect(answer).toEqual(problemLike(405, "METHOD_NOT_ALLOWED", saying(/GET.*POST/)));
    expect(answer.headers.get("allow")).toContain("POST");
    expect(await served.request("/v1/agents", { method: "DELETE" })).toEqual(problemLike(405, "METHOD_NOT_ALLOWED"));
  });

  test.each(["/v1/runn/luck", "/v1/run/luck/well/more", "/v1/%ff", "/../etc/passwd"])(
    "is %s is 404 or 400",
    async (path) => {
      const { status, value } = await served.request(path, { method: "POST" });
      expect([400, 404]).toContain(status);
      expect(value).toMatchObject({ code: expect.stringMatching(/^(?:NOT_FOUND|INVALID_REQUEST)$/) });
      await served.neighbour();
    },
  );
});

describe("a caller that", () => {
  test.each(["https://evil.example", "null"])("comes from the origin %s is 403", async (origin) => {
    const answer = await besides(served, served.call("well", { n: 1 }, { origin }));
    expect(answer).toEqual(problemLike(403, "FORBIDDEN", saying(new RegExp(origin))));
    expect(answer.headers.get("access-control-allow-origin")).toBeNull();
  });

  test("names a foreign host is 421", async () => {
    await using client = await openRaw(served.port);
    await client.send('POST /v1/run/luck/well HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 7\r\n\r\n{"n":1}');
    expect(await client.until(/"code":"WRONG_HOST"/, SLOW_MS)).toMatch(/^HTTP\/1.1 421 .*evil\.example/s);
    await served.neighbour();
  });

  test.each([
    ["one long header", `X-Flood: ${"x".repeat(20_000)}\r\n`],
    ["many headers", Array.from({ length: 3000 }, (_, n) => `X-${n}: ${n}\r\n`).join("")],
    ["headers without an end", "X-Flood: x\r\n".repeat(100_000)],
  ])("floods with %s is 431", async (_, flood) => {
    await using client = await openRaw(served.port);
    await client.send(`GET /healthz HTTP/1.1\r\nHost: localhost\r\n${flood}\r\n`);
    const answer = await client.until(/"code":"HEADERS_TOO_LARGE"/, SLOW_MS);
    expect(answer).toMatch(/^HTTP\/1.1 431 .*"hint"/s);
    await served.neighbour();
  });

  test("sends its headers byte for byte is 408 after ten seconds, with a hundred others of its kind", async () => {
    const clients = await Promise.all(Array.from({ length: 100 }, () => openRaw(served.port)));
    const over = new AbortController();
    const slow = clients.map((one) => one.trickle(`GET /healthz HTTP/1.1\r\nX: ${"x".repeat(1000)}`, 500, over.signal));
    for (let n = 0; n < 10; n += 1) await served.neighbour();
    const answers = await Promise.all(clients.map((one) => one.until(/"code":"REQUEST_TIMEOUT"/, SLOW_MS)));
    over.abort();
    await Promise.all(slow);
    for (const answer of answers) expect(answer).toMatch(/^HTTP\/1.1 408 /);
    await served.neighbour();
    await Promise.all(clients.map((one) => one.close()));
  });

  test("leaves amid its body makes no run", async () => {
    await using client = await openRaw(served.port);
    await client.send('POST /v1/run/luck/well HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{"n":');
    client.reset();
    await served.neighbour();
    const { value } = await served.request("/v1/runs?status=queued,running");
    expect(value).toEqual({ items: [], next: null });
  });

  test("speaks no HTTP is 400 or cut off", async () => {
    await using client = await openRaw(served.port);
    await client.send(Uint8Array.from({ length: 4096 }, (_, n) => n % 256));
    expect(await client.end(SLOW_MS)).toMatch(/^(?:HTTP\/1.1 400 .*"code":"INVALID_REQUEST".*)?$/s);
    await served.neighbour();
  });
});

function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}
