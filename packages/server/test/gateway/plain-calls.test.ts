/** Plain calls have a reader of their own; what it leaves to node's is answered as if there were only one. */
import { once } from "node:events";
import type { Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { raw, rawConnection, serving, untilClosed } from "./serving.ts";

const call = (body: string, head = "", path = "/v1/run/support"): string =>
  `POST ${path} HTTP/1.1\r\nHost: localhost\r\n${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;

/** The last of a connection, which node's server takes. */
const LAST = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";

/** Everything that is answered to these bytes, sent in these pieces. */
async function answered(port: number, pieces: readonly (string | Buffer)[]): Promise<string> {
  const socket = await rawConnection(port);
  const all = untilClosed(socket);
  for (const piece of pieces) await new Promise((resolve) => socket.write(piece, resolve));
  return all;
}

const statuses = (text: string): string[] => text.match(/HTTP\/1\.1 \d+/g)?.map((line) => line.slice(9)) ?? [];

/** The next whole answer with a length, without closing. */
async function nextAnswer(socket: Socket): Promise<string> {
  let text = "";
  for (;;) {
    const [bytes]: Buffer[] = await once(socket, "data");
    text += bytes?.toString() ?? "";
    const length = /content-length: (\d+)/i.exec(text)?.[1];
    const head = text.indexOf("\r\n\r\n");
    if (length !== undefined && Buffer.byteLength(text.slice(head + 4)) >= Number(length)) return text;
  }
}

describe("a plain call", () => {
  test("is answered whole, in whatever cutting its bytes come", async () => {
    const { port, world } = await serving();
    const bytes = Buffer.from(call('{"text":"grüße 😀"}') + LAST);
    for (let at = 1; at < bytes.length; at += 7) {
      const text = await answered(port, [bytes.subarray(0, at), bytes.subarray(at)]);
      expect(statuses(text)).toEqual(["200", "200"]);
      expect(text).toContain('{"text":"grüße 😀"}');
    }
    expect(new Set(world.started.map((run) => run.request.input))).toEqual(new Set(['{"text":"grüße 😀"}']));
    const single = await answered(
      port,
      Array.from(bytes, (byte) => Buffer.of(byte)),
    );
    expect(statuses(single)).toEqual(["200", "200"]);
  });

  test("says what node would: date, length, how long the connection is kept", async () => {
    const { port, url } = await serving();
    const socket = await rawConnection(port);
    socket.write(call('"x"'));
    const text = await nextAnswer(socket);
    const { headers } = await fetch(`${url}/v1/run/support`, {
      method: "POST",
      body: '"x"',
      headers: { te: "trailers" },
    });
    const names = text.slice(0, text.indexOf("\r\n\r\n")).split("\r\n").slice(1);
    expect(names.map((line) => line.split(":")[0]?.toLowerCase()).sort()).toEqual([...headers.keys()].sort());
    expect(text).toContain(`Keep-Alive: ${headers.get("keep-alive")}`);
  });

  test("comes again on its connection, and two in one packet are answered in turn", async () => {
    const { port, world } = await serving();
    const socket = await rawConnection(port);
    for (const n of [1, 2, 3]) {
      socket.write(call(`{"n":${n}}`));
      expect(await nextAnswer(socket)).toContain(`{"n":${n}}`);
    }
    const both = await answered(port, [call('"first"') + call('"second"') + LAST]);
    expect(statuses(both)).toEqual(["200", "200", "200"]);
    expect(both.indexOf('"first"')).toBeLessThan(both.indexOf('"second"'));
    expect(world.started).toHaveLength(5);
  });

  test("whose answer is awaited holds back the next one of its connection", async () => {
    const { port, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const text = answered(port, [call('"first"') + call('"second"') + LAST]);
    await expect.poll(() => world.started.length).toBe(1);
    world.started[0]?.succeed('"one"');
    await expect.poll(() => world.started.length).toBe(2);
    world.started[1]?.succeed('"two"');
    expect(await text).toMatch(/"one".*"two".*200/s);
  });

  test("may stream, and its connection is kept after the end", async () => {
    const { port } = await serving((one) => {
      one.onStart = (run) => {
        run.emit("chunk", '"grüße"');
        run.succeed("null");
      };
    });
    const text = await answered(port, [call("{}", "Accept: text/event-stream\r\n") + LAST]);
    expect(statuses(text)).toEqual(["200", "200"]);
    expect(text).toMatch(/Transfer-Encoding: chunked.*data: "grüße".*event: result.*\r\n0\r\n\r\nHTTP/s);
  });

  test("whose caller leaves has somebody less at its run", async () => {
    const { port, world } = await serving((one) => {
      one.onStart = () => {};
    });
    for (const leave of [(one: Socket) => one.destroy(), (one: Socket) => one.end()]) {
      world.started.length = 0;
      const socket = await rawConnection(port);
      socket.write(call("{}"));
      await expect.poll(() => world.started.length).toBe(1);
      const line = world.nextRequest();
      leave(socket);
      await world.started[0]?.someoneLeft();
      await line;
      expect(world.requests.at(-1)).toMatchObject({ status: 499, path: "/v1/run/support" });
    }
  });
});

describe("what is no plain call is answered as before:", () => {
  test.each([
    ["another host", call("{}").replace("localhost", "evil.example"), "421", "WRONG_HOST"],
    ["no host", call("{}").replace("Host: localhost\r\n", ""), "400", "INVALID_REQUEST"],
    ["another origin", call("{}", "Origin: https://evil.example\r\n"), "403", "FORBIDDEN"],
    ["no such agent", call("{}", "", "/v1/run/nobody"), "404", "AGENT_NOT_FOUND"],
    ["no JSON", call("{"), "400", "INVALID_REQUEST"],
    ["a body over the limit", call(" ".repeat(3000)), "413", "INPUT_TOO_LARGE"],
    ["headers over the limit", call("{}", `X-A: ${"x".repeat(20_000)}\r\n`), "431", "HEADERS_TOO_LARGE"],
    ["headers over the limit without an end", `POST /v1/run/a HTTP/1.1\r\nX: ${"x".repeat(20_000)}`, "431", "HEADERS"],
    ["a length that is none", call("{}").replace("Length: 2", "Length: 2x"), "400", "INVALID_REQUEST"],
    ["a negative length", call("{}").replace("Length: 2", "Length: -2"), "400", "INVALID_REQUEST"],
    ["two lengths", call("{}", "Content-Length: 5\r\n"), "400", "INVALID_REQUEST"],
    ["a length beside chunks", call("{}", "Transfer-Encoding: chunked\r\n"), "400", "INVALID_REQUEST"],
    ["a name with a space", call("{}", "Bad Name: 1\r\n"), "400", "INVALID_REQUEST"],
    ["a control character", call("{}", "X-A: a\u0001b\r\n"), "400", "INVALID_REQUEST"],
    ["a path that cannot be read", call("{}", "", "/v1/run/%zz"), "400", "INVALID_REQUEST"],
  ])("%s", async (_name, request, status, code) => {
    const { port, world } = await serving(() => {}, { body: 2000 });
    const text = await raw(port, request + LAST);
    expect(statuses(text)[0]).toBe(status);
    expect(text).toContain(code);
    expect(world.started).toHaveLength(0);
  });

  test.each([
    [
      "chunks",
      "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n",
    ],
    ["a header twice", call("{}", "X-A: 1\r\nX-A: 2\r\n")],
    ["an expectation", call("{}", "Expect: 100-continue\r\n")],
    ["an empty line before it", `\r\n${call("{}")}`],
    ["a target in absolute form", call("{}", "", "http://localhost/v1/run/support")],
    ["an empty line after it", `${call("{}")}\r\n`],
  ])("%s makes its run", async (_name, request) => {
    const { port, world } = await serving();
    const text = await answered(port, [call('"before"'), request, LAST]);
    expect(statuses(text).filter((one) => one !== "100")).toEqual(["200", "200", "200"]);
    expect(world.started.map((run) => run.request.input)).toEqual(['"before"', "{}"]);
  });

  test("an older version of HTTP, and a wish to close, end their connection", async () => {
    const { port } = await serving();
    expect(statuses(await raw(port, call("{}").replace("HTTP/1.1", "HTTP/1.0")))).toEqual(["200"]);
    for (const wish of ["Connection: close\r\n", "Connection: Upgrade, close\r\nUpgrade: h2c\r\n"]) {
      expect(statuses(await raw(port, call("{}", wish)))).toEqual(["200"]);
    }
  });
});

describe("a connection with plain calls", () => {
  test("that says nothing for long is closed, one that begins and stops is 408", async () => {
    const { port } = await serving(() => {}, { header_time: 150, body_time: 150, keep_alive: 200 });
    const idle = await rawConnection(port);
    idle.write(call("{}"));
    await nextAnswer(idle);
    const closed = once(idle, "close");
    const slow = [
      "POST /v1/ru",
      "POST /v1/run/support HTTP/1.1\r\nHo",
      "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\n{",
      "",
    ];
    const answers = await Promise.all(slow.map((bytes) => raw(port, bytes)));
    for (const text of answers) expect(text).toMatch(/^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s);
    await closed;
  });

  test("that ends amid a body is told so, and makes no run", async () => {
    const { port, world } = await serving();
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.end(call("{}").slice(0, -1));
    expect(await answer).toMatch(/^HTTP\/1.1 400 /);
    expect(world.started).toHaveLength(0);
  });

  test("that sends rubbish while its call is at work is refused, once", async () => {
    const { port, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.write(call("{}"));
    await expect.poll(() => world.started.length).toBe(1);
    socket.write("rubbish\r\n\r\n");
    await once(socket, "data");
    world.started[0]?.succeed('"late"');
    expect(statuses(await answer)).toEqual(["400"]);
  });
});
