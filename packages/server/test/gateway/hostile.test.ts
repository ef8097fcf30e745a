import { once } from "node:events";
import { describe, expect, test } from "vitest";
import { post, problemIn, raw, rawConnection, serving, untilClosed } from "./serving.ts";

const get = (head: string): string => `GET /healthz HTTP/1.1\r\nConnection: close\r\n${head}\r\n`;

describe("Host", () => {
  test.each(["localhost", "localhost:8450", "127.0.0.1:1", "[::1]:8450", "LOCALHOST.", "a.localhost", "my.host:80"])(
    "%s is answered",
    async (host) => {
      const { port } = await serving();
      expect(await raw(port, get(`Host: ${host}\r\n`))).toMatch(/^HTTP\/1.1 200 /);
    },
  );

  test.each(["evil.example", "127.0.0.1.evil.example", "localhost@evil.example", "evil.example:8450", "10.0.0.1"])(
    "%s is 421",
    async (host) => {
      const { port } = await serving();
      expect(await raw(port, get(`Host: ${host}\r\n`))).toMatch(/^HTTP\/1.1 421 .*"code":"WRONG_HOST"/s);
    },
  );

  test("missing is 400, and one in the target counts more than the header", async () => {
    const { port } = await serving();
    expect(await raw(port, get(""))).toMatch(/^HTTP\/1.1 400 .*"code":"INVALID_REQUEST"/s);
    const absolute = "GET http://evil.example/healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    expect(await raw(port, absolute)).toMatch(/^HTTP\/1.1 421 /);
  });
});

describe("Origin", () => {
  test.each([
    "https://evil.example",
    "null",
    "http://localhost.evil.example",
    "file://",
    "http://127.0.0.1@evil.example",
  ])("%s is 403", async (origin) => {
    const { url, world } = await serving();
    const response = await post(`${url}/v1/run/support`, "{}", { origin });
    expect(await problemIn(response)).toMatchObject({ code: "FORBIDDEN", status: 403 });
    expect(response.headers.get("access-control-allow-origin")).toBeNull();
    expect(world.started).toHaveLength(0);
  });

  test("of a loopback page may call and read our headers, on problems and streams too", async () => {
    const { url } = await serving();
    const origin = "http://localhost:5173";
    const calls = [
      await post(`${url}/v1/run/support`, "{}", { origin }),
      await post(`${url}/v1/run/other`, "{}", { origin }),
      await post(`${url}/v1/run/support`, "{}", { origin, accept: "text/event-stream" }),
    ];
    for (const { headers } of calls) {
      expect(headers.get("access-control-allow-origin")).toBe(origin);
      expect(headers.get("access-control-expose-headers")).toContain("RunAgent-Run-Id");
      expect(headers.get("vary")).toBe("Origin");
    }
  });

  test("of a loopback page may ask first", async () => {
    const { url } = await serving();
    const headers = {
      origin: "http://127.0.0.1:3000",
      "access-control-request-method": "POST",
      "access-control-request-headers": "content-type,prefer",
    };
    const response = await fetch(`${url}/v1/run/support`, { method: "OPTIONS", headers });
    expect(response.status).toBe(204);
    expect(response.headers.get("access-control-allow-methods")).toContain("POST");
    expect(response.headers.get("access-control-allow-headers")).toBe("content-type,prefer");
    expect(response.headers.get("allow")).toBe("POST, OPTIONS");
  });
});

describe("a connection that", () => {
  test("floods headers is 431", async () => {
    const { port } = await serving();
    const flood = `Host: localhost\r\nX-Flood: ${"x".repeat(20_000)}\r\n`;
    expect(await raw(port, get(flood))).toMatch(/^HTTP\/1.1 431 .*"code":"HEADERS_TOO_LARGE"/s);
  });

  test("speaks no HTTP is 400", async () => {
    const { port } = await serving();
    expect(await raw(port, "HELO there\r\n\r\n")).toMatch(/^HTTP\/1.1 400 .*"code":"INVALID_REQUEST"/s);
  });

  test("sends its headers too slowly is 408, and others are served meanwhile", async () => {
    const { port, url } = await serving(() => {}, { header_time: 150, body_time: 150 });
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.write("GET /healthz HTTP/1.1\r\nHost: loc");
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
    expect(await answer).toMatch(/^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s);
  });

  test("sends its body too slowly is 408 and makes no run", async () => {
    const { port, world } = await serving(() => {}, { header_time: 150, body_time: 200 });
    const head = "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{";
    expect(await raw(port, head)).toMatch(/^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s);
    expect(world.started).toHaveLength(0);
  });

  test("asks for an upgrade is answered without it, for a tunnel refused", async () => {
    const { port } = await serving();
    const upgrade = "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade, close\r\nUpgrade: h2c\r\n\r\n";
    expect(await raw(port, upgrade)).toMatch(/^HTTP\/1.1 200 /);
    expect(await raw(port, "CONNECT a:1 HTTP/1.1\r\nHost: localhost\r\n\r\n")).toMatch(/^HTTP\/1.1 400 /);
  });

  test("is one too many is closed, and there is room when another ends", async () => {
    const { port } = await serving(() => {}, { connections: 1 });
    const first = await rawConnection(port);
    expect(await raw(port, get("Host: localhost\r\n"))).toBe("");
    first.destroy();
    await once(first, "close");
    await expect.poll(() => raw(port, get("Host: localhost\r\n"))).toMatch(/^HTTP\/1.1 200 /);
  });

  test("sends rubbish while it reads a stream is cut, without a second answer amid the first", async () => {
    const { port, world } = await serving((one) => {
      one.onStart = () => {};
    });
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.write(
      "POST /v1/run/support HTTP/1.1\r\nHost: a.localhost\r\nAccept: text/event-stream\r\nContent-Length: 2\r\n\r\n{}",
    );
    await once(socket, "data");
    socket.write("rubbish\r\n\r\n");
    expect((await answer).match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 200"]);
    await world.started[0]?.someoneLeft();
  });

  test("is refused does not get a second answer for what it sends after", async () => {
    const { port } = await serving(() => {}, { body: 10 });
    const first = `POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nContent-Length: 20\r\n\r\n${"x".repeat(20)}`;
    const answer = await raw(port, `${first}GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    expect(answer.match(/HTTP\/1.1 \d+/g)).toEqual(["HTTP/1.1 413"]);
  });
});

describe("a gateway that closes", () => {
  test.each(["*/*", "text/event-stream"])(
    "lets a call in work end (%s), refuses new ones, and is gone before its grace",
    async (accept) => {
      const { gateway, url, world } = await serving((one) => {
        one.onStart = () => {};
      });
      const started = new Promise<void>((resolve) => {
        world.onStart = () => resolve();
      });
      const answer = post(`${url}/v1/run/support`, "{}", { accept });
      await started;
      const closed = gateway.close(60_000);
      world.started[0]?.succeed('"done"');
      expect(await (await answer).text()).toContain("done");
      await closed;
      await gateway.close(0);
      await expect(fetch(`${url}/healthz`)).rejects.toThrow();
    },
  );

  test("cuts what has not ended after the grace", async () => {
    const { gateway, port } = await serving((one) => {
      one.onStart = () => {};
    });
    const socket = await rawConnection(port);
    socket.write(
      "POST /v1/run/support HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\nContent-Length: 2\r\n\r\n{}",
    );
    await once(socket, "data");
    await gateway.close(10);
    expect(gateway.openStreams).toBe(0);
  });
});
