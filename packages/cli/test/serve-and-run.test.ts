/** `serve`, `run` and the SDK together, over real connections that break. */
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import { RunAgent } from "@runagent/sdk";
import { eventually, type StartedProcess, startProcess, type TemporaryFolder, tempFolder } from "@runagent/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ended, PROGRAM, runagent, startRunagent } from "./command-line.ts";

const READY_MS = 20_000;
const CUT_AFTER_BYTES = 900;
const AGENT = `
import time


def count(n: int):
    for i in range(n):
        yield f"{i} "
        time.sleep(0.005)
    return n


def forever():
    while True:
        time.sleep(0.05)


def same(value, context):
    context.session["last"] = value
    return value


def fails():
    raise ValueError("on purpose")
`;
const CONFIG = JSON.stringify({
  agent_name: "counter",
  agent_architecture: {
    entrypoints: ["count", "forever", "same", "fails"].map((module) => ({ file: "agent.py", module })),
  },
});

let folder: TemporaryFolder;
let served: StartedProcess;
let url: string;

beforeAll(async () => {
  folder = await tempFolder({ "agent.py": AGENT, "runagent.config.json": CONFIG });
  const env = { PATH: process.env.PATH, HOME: folder.path, RUNAGENT_HOME: `${folder.path}/.home` };
  served = startProcess([PROGRAM, "serve", "--port", "0", "--json"], { cwd: folder.path, env });
  url = JSON.parse(await served.line(() => true, READY_MS)).url;
}, READY_MS);

afterAll(async () => {
  await served?.close();
  await folder.close();
});

/** Passes bytes on, and cuts every connection after some of the answer. */
async function cuttingProxy(): Promise<{ readonly url: string; readonly cuts: () => number; readonly server: Server }> {
  let cuts = 0;
  const server = createServer((near) => {
    const far = connect(Number(new URL(url).port), "127.0.0.1");
    let passed = 0;
    near.pipe(far);
    far.on("data", (data) => {
      passed += data.length;
      near.write(data);
      if (passed < CUT_AFTER_BYTES || near.destroyed) return;
      cuts += 1;
      near.destroy();
      far.destroy();
    });
    near.on("error", () => far.destroy());
    far.on("error", () => near.destroy());
    near.on("close", () => far.destroy());
    far.on("close", () => near.end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo; // a TCP server has one
  return { url: `http://127.0.0.1:${port}`, cuts: () => cuts, server };
}

test("a stream over a connection that is cut again and again has every event once, in order", async () => {
  const proxy = await cuttingProxy();
  const stream = new RunAgent({ url: proxy.url }).agent("counter").stream({ n: 40 }, { tag: "count" });
  const numbers: (number | null)[] = [];
  let text = "";
  for await (const event of stream) {
    numbers.push(event.n);
    if (event.type === "text") text += event.data.delta;
  }
  proxy.server.close();
  expect(proxy.cuts()).toBeGreaterThan(1);
  expect(numbers).toEqual(numbers.map((_, i) => i + 1));
  expect(text).toBe(Array.from({ length: 40 }, (_, i) => `${i} `).join(""));
  expect(await stream.output).toBe(40);
});

test("`run` finds the server of the folder it stands in", async () => {
  const { code, stdout } = await runagent(["run", "count", "n=3", "--stream"], { cwd: folder.path });
  expect({ code, stdout }).toEqual({ code: 0, stdout: "0 1 2 \n" });
});

test("the agent's own error exits 1 with its own traceback", async () => {
  const { code, stderr } = await runagent(["run", "fails"], { cwd: folder.path });
  expect(code).toBe(1);
  expect(stderr).toMatch(/agent\.py", line \d+, in fails/);
  expect(stderr).toContain("ValueError: on purpose");
  expect(stderr).not.toContain("runagent_worker");
});

test("Ctrl-C on a call cancels the run that it waited for", async () => {
  const client = new RunAgent({ url });
  const newest = async () => (await client.runs.page({ agent: "counter", limit: 1 })).items[0];
  const child = startRunagent(["run", "forever"], { cwd: folder.path });
  const end = ended(child);
  await eventually("the run runs", async () => (await newest())?.tag === "forever", READY_MS);
  child.kill("SIGINT");
  expect((await end).code).toBe(130);
  const run = await eventually(
    "the run is cancelled",
    async () => {
      const one = await newest();
      return one?.status === "cancelled" && one;
    },
    READY_MS,
  );
  expect(run.cancelled).toMatchObject({ by: "disconnect" });
});

test("a run in the background is cancelled by its id, and who follows it exits 1", async () => {
  const around = { cwd: folder.path };
  const id = (await runagent(["run", "forever", "--background"], around)).stdout.trim();
  const following = runagent(["runs", "follow", id, "--json"], around);
  expect((await runagent(["runs", "cancel", id, "--reason", "enough"], around)).code).toBe(0);
  const { code, stdout } = await following;
  expect(code).toBe(1);
  expect(JSON.parse(stdout.trim().split("\n").at(-1) ?? "")).toMatchObject({
    type: "cancelled",
    data: { reason: "enough" },
  });
});

test("every digit of an integer is there in runs and sessions that are shown", async () => {
  const shown = async (...words: string[]) => (await runagent([...words, "--url", url], { cwd: folder.path })).stdout;
  const value = "[9007199254740993,-12345678901234567890,7]";
  await shown("run", "same", "--input", `{"value": ${value}}`, "--session", "digits");
  const list = await shown("runs", "list", "--session", "digits", "--json");
  expect(list).toContain(`"output":${value}`);
  const { id } = JSON.parse(list).items[0];
  expect(await shown("runs", "show", id, "--json")).toContain(`"output":${value}`);
  expect(await shown("runs", "show", id)).toMatch(
    /output \[\n {2}9007199254740993,\n {2}-12345678901234567890,\n {2}7\n/,
  );
  expect(await shown("sessions", "show", "digits", "counter", "--json")).toContain(`"state":{"last":${value}}`);
});

test("SIGTERM ends serve with 143, and nothing is left to find", async () => {
  served.signal("SIGTERM");
  expect(await served.ended).toBe(143);
  expect((await runagent(["run"], { cwd: folder.path })).code).toBe(4);
});
