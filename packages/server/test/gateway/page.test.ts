import { gunzipSync, gzipSync } from "node:zlib";
import { problem } from "@runagent/protocol";
import { expect, test } from "vitest";
import { problemIn, raw, serving } from "./serving.ts";

const PAGE = "<!doctype html><title>page</title>";

const withPage = () =>
  serving((world) => {
    for (const [name, type] of [
      ["index.html", "text/html; charset=utf-8"],
      ["page-1.js", "text/javascript; charset=utf-8"],
    ] as const) {
      world.page.set(name, { type, body: Buffer.from(PAGE), gzip: gzipSync(PAGE), etag: "e1" });
    }
  });

test("the page is at /, sealed, and asked for again only when it is another", async () => {
  const { url } = await withPage();
  const response = await fetch(url, { headers: { "accept-encoding": "identity" } });
  expect(response.status).toBe(200);
  expect(await response.text()).toBe(PAGE);
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(response.headers.get("cache-control")).toBe("no-cache");
  const etag = response.headers.get("etag") ?? "";
  const again = await fetch(url, { headers: { "if-none-match": etag, "accept-encoding": "identity" } });
  expect([again.status, await again.text()]).toEqual([304, ""]);
});

test("files keep for ever; one that is not there is a problem", async () => {
  const { url } = await withPage();
  const response = await fetch(`${url}/playground/page-1.js`);
  expect(response.headers.get("cache-control")).toBe("public, max-age=31536000, immutable");
  expect(response.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
  for (const name of ["page-2.js", "..%2f..%2fpackage.json", "index.html"]) {
    expect((await problemIn(await fetch(`${url}/playground/${name}`))).code).toBe("NOT_FOUND");
  }
});

test("who reads gzip gets it, who does not gets the bare bytes, HEAD gets none", async () => {
  const { port } = await withPage();
  const ask = (method: string, accepts: string): Promise<string> =>
    raw(port, `${method} / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nAccept-Encoding: ${accepts}\r\n\r\n`);
  const zipped = await ask("GET", "br, gzip;q=0.5");
  expect(zipped).toContain("Content-Encoding: gzip");
  expect(zipped).toContain(`Content-Length: ${gzipSync(PAGE).byteLength}`);
  for (const accepts of ["br", "gzip;q=0", "gzip; q=0.0, br", "xgzip"])
    expect(await ask("GET", accepts)).toContain(PAGE);
  const head = await ask("HEAD", "gzip");
  expect(head.split("\r\n\r\n")[1]).toBe("");
  expect(gunzipSync(gzipSync(PAGE)).toString()).toBe(PAGE);
});

test("the state is sent at once, after each load that changed it, and ends when the server stops", async () => {
  const { url, world, gateway } = await withPage();
  const response = await fetch(`${url}/playground/state`);
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
  const next = async (): Promise<{ ready: boolean; problem: { traceback?: string } | null; agents: unknown[] }> => {
    const { value } = (await reader?.read()) ?? {};
    return JSON.parse(/^data: (.*)$/m.exec(value ?? "")?.[1] ?? "null");
  };
  expect(await next()).toMatchObject({ ready: true, problem: null, agents: [{ name: "support" }] });
  for (const tell of world.listeners) tell();
  world.notReady = problem("LOAD_FAILED", "it is broken", { traceback: "line 1" });
  for (const tell of world.listeners) tell();
  expect(await next()).toMatchObject({ ready: false, problem: { code: "LOAD_FAILED", traceback: "line 1" } });
  await gateway.close(10_000);
  expect((await reader?.read())?.done).toBe(true);
  expect(world.listeners.size).toBe(0);
});

test("a foreign page may not follow the state", async () => {
  const { url } = await withPage();
  const response = await fetch(`${url}/playground/state`, { headers: { origin: "https://evil.example" } });
  expect((await problemIn(response)).code).toBe("FORBIDDEN");
});
