import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { expect, test } from "vitest";
import { eventually, freePort, isAlive, openRaw, startProcess, tempFolder } from "../src/index.ts";

test("a temporary folder holds what it was given and is gone after close", async () => {
  const folder = await tempFolder({ "a/b.txt": "x" });
  expect(existsSync(`${folder.path}/a/b.txt`)).toBe(true);
  await folder.close();
  await folder.close();
  expect(existsSync(folder.path)).toBe(false);
});

test("a raw client sends a request in single bytes and reads the answer", async () => {
  const port = await freePort();
  const server = createServer((_request, response) => response.end("heard")).listen(port, "127.0.0.1");
  await once(server, "listening");
  const client = await openRaw(port);
  await client.trickle("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", 0);
  expect(await client.end(5000)).toContain("heard");
  await client.close();
  server.close();
});

test("a raw client on a closed port is refused, not left waiting", async () => {
  await expect(openRaw(await freePort())).rejects.toThrow("ECONNREFUSED");
});

test("closing a started process ends its children too", async () => {
  const process = startProcess(["sh", "-c", "sleep 1000 & echo $!; wait"]);
  const child = Number(await process.line(() => true, 5000));
  expect(isAlive(child)).toBe(true);
  await process.close();
  await eventually("the child is gone", () => !isAlive(child), 5000);
});

test("a process that ends without the line says what it printed", async () => {
  const process = startProcess(["sh", "-c", "echo only this"]);
  await expect(process.line((line) => line === "other", 5000)).rejects.toThrow("only this");
  expect(await process.ended).toBe(0);
});
