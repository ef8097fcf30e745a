/** Files of bundles that come slowly, or not as they were said to be, over a real socket into a real folder. */
import { createHash } from "node:crypto";
import { readdirSync } from "node:fs";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { tempFolder } from "@runagent/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { BlobStore } from "../../src/control/blobs/blob-store.ts";
import { createGateway } from "../../src/gateway/index.ts";
import { FakeWorld } from "./fake-ports.ts";
import { rawConnection, untilClosed } from "./serving.ts";

const TIMES = { header_time: 150, body_time: 1000, upload_pace: 1000 };

async function uploading() {
  const { path: folder, close } = await tempFolder();
  onTestFinished(close);
  const blobs = new BlobStore({ folder, limits: DEFAULT_LIMITS, room: () => {} });
  const gateway = createGateway(
    { host: "127.0.0.1", port: 0, hosts: [], limits: TIMES },
    { ...new FakeWorld().ports(), blobs },
  );
  onTestFinished(() => gateway.close(0));
  const kept = (): string[] =>
    readdirSync(folder, { recursive: true, withFileTypes: true }).flatMap((one) => (one.isFile() ? [one.name] : []));
  return { blobs, kept, ...(await gateway.listen()) };
}

const digestOf = (content: string): string => `sha256:${createHash("sha256").update(content).digest("hex")}`;
const head = (digest: string, size: number): string =>
  `PUT /v1/blobs/${digest} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n`;

describe("a file of a bundle", () => {
  test("may take longer than other bodies as long as it comes on", async () => {
    const { port, blobs } = await uploading();
    const [piece, pieces] = ["x".repeat(2000), 30];
    const digest = digestOf(piece.repeat(pieces));
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    const began = performance.now();
    socket.write(head(digest, piece.length * pieces));
    let sent = 0;
    const sending = setInterval(() => {
      socket.write(piece);
      sent += 1;
      if (sent === pieces) clearInterval(sending);
    }, 50);
    onTestFinished(() => clearInterval(sending));
    expect(await answer).toMatch(/^HTTP\/1.1 201 /);
    expect(performance.now() - began).toBeGreaterThan(TIMES.body_time);
    expect(await blobs.size(digest)).toBe(60_000);
  });

  test("that comes a byte at a time is refused, and nothing of it is kept", async () => {
    const { port, kept } = await uploading();
    const socket = await rawConnection(port);
    const answer = untilClosed(socket);
    socket.write(`${head(digestOf("x".repeat(60_000)), 60_000)}${"x".repeat(100)}`);
    const sending = setInterval(() => socket.writable && socket.write("x"), 50);
    onTestFinished(() => clearInterval(sending));
    expect(await answer).toMatch(/^HTTP\/1.1 408 .*"code":"REQUEST_TIMEOUT"/s);
    await expect.poll(kept).toEqual([]);
  });

  test("that is another than its digest says is refused, and nothing of it is kept", async () => {
    const { url, kept } = await uploading();
    const response = await fetch(`${url}/v1/blobs/${digestOf("good")}`, { method: "PUT", body: "evil" });
    expect(response.status).toBe(422);
    expect(await response.text()).toContain(digestOf("evil"));
    expect(kept()).toEqual([]);
  });
});

test("a connection whose answer is out does not stay for a body that never comes", async () => {
  const { port } = await uploading();
  const socket = await rawConnection(port);
  const answer = untilClosed(socket);
  socket.write("POST /v1/nothing HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n{");
  expect(await answer).toMatch(/^HTTP\/1.1 404 /);
});
