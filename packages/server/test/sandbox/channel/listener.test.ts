import { mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { DEFAULT_LIMITS, encodeFrame, WORKER_PROTOCOL } from "@runagent/protocol";
import { afterEach, beforeEach, expect, it } from "vitest";
import { Link } from "../../../src/sandbox/channel/link.ts";
import { Listener } from "../../../src/sandbox/channel/listener.ts";

let listener: Listener;
let directory: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), "ra-"));
  listener = new Listener(directory, "s", { ...DEFAULT_LIMITS, hello_time: 200 });
  await listener.ready;
});
afterEach(async () => {
  await listener.close();
  await listener.close();
  rmSync(directory, { recursive: true });
});

function expected(): Link {
  const link = new Link({ name: "w1", token: "secret", agent: null });
  listener.expect(link);
  return link;
}

function hello(more: object = {}): Buffer {
  const body = { protocol: WORKER_PROTOCOL, role: "worker", worker: "w1", token: "secret", pid: 1, runtime: "3" };
  return encodeFrame("hello", 0, JSON.stringify({ ...body, language: "python", held: [], ...more }));
}

function says(bytes: Buffer | null): { readonly socket: Socket; readonly closed: Promise<boolean> } {
  const socket = connect(listener.path);
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on("error", () => socket.destroy());
  socket.on("data", () => undefined);
  socket.on("close", () => resolve(true));
  if (bytes !== null) socket.write(bytes);
  return { socket, closed: promise };
}

it("answers a hello with its own, in a folder that is ours alone", async () => {
  const link = expected();
  const { socket } = says(hello());
  expect(await link.greeted).toMatchObject({ worker: "w1", pid: 1 });
  expect(statSync(dirname(listener.path)).mode & 0o777).toBe(0o700);
  socket.destroy();
});

it.each([
  ["a wrong token", hello({ token: "secreT" })],
  ["a token of another length", hello({ token: "" })],
  ["an unknown name", hello({ worker: "w2" })],
  ["another protocol", hello({ protocol: 99 })],
  ["another first frame", encodeFrame("ping", 0, "")],
  ["a body that is no JSON", encodeFrame("hello", 0, "{")],
  ["what is no frame", Buffer.from("GET / HTTP/1.1\r\n\r\n")],
  ["silence", null],
])("closes the connection at %s", async (_, bytes) => {
  const link = expected();
  expect(await says(bytes).closed).toBe(true);
  expect(link.up).toBe(false);
});

it("closes a second connection under the same name, and keeps the first", async () => {
  const link = expected();
  const first = says(hello());
  await link.greeted;
  expect(await says(hello()).closed).toBe(true);
  expect(link.up).toBe(true);
  first.socket.destroy();
});

it("takes a process back that lost its connection", async () => {
  const link = expected();
  const down = Promise.withResolvers<void>();
  const back = Promise.withResolvers<number>();
  link.listen({
    frame: () => undefined,
    down: () => down.resolve(),
    resume: (held) => {
      back.resolve(held.length);
      return [];
    },
  });
  says(hello()).socket.on("data", function (this: Socket) {
    this.destroy();
  });
  await down.promise;
  const held = [{ call: 1, run_id: "r", attempt: 1, first: 1, last: 2, ended: false }];
  const again = says(hello({ held }));
  expect(await back.promise).toBe(1);
  again.socket.destroy();
});
