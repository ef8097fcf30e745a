import { mkdtempSync, rmSync } from "node:fs";
import { connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { afterEach, expect, it } from "vitest";
import { adoptWorker } from "../../src/sandbox/adoption.ts";
import { Heartbeat } from "../../src/sandbox/channel/heartbeat.ts";
import type { Link } from "../../src/sandbox/channel/link.ts";
import { Listener } from "../../src/sandbox/channel/listener.ts";
import type { KeptProcess } from "../../src/sandbox/ledger.ts";
import { load } from "../../src/sandbox/loading.ts";
import type { Resume } from "../../src/sandbox/ports.ts";
import { ProcessDriver, workerCommand } from "../../src/sandbox/process/driver.ts";
import { ChannelWorker, type Surroundings } from "../../src/sandbox/worker.ts";
import { TAGS } from "./contract.ts";
import { agentSpec, collector, fixture, pythonPath, run } from "./harness.ts";

const PYTHON = {
  language: "python",
  interpreter: pythonPath(),
  workerFile: fileURLToPath(new URL("../../../worker-python/runagent_worker", import.meta.url)),
  root: fixture("python"),
  file: "agent.py",
  tags: TAGS,
} as const;
const NODE = {
  language: "node",
  interpreter: process.execPath,
  workerFile: fileURLToPath(new URL("../../../worker-node/src/main.ts", import.meta.url)),
  root: fixture("node"),
  file: "agent.mjs",
  tags: TAGS,
} as const;

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A worker whose channel goes through a proxy that can be cut. */
async function workerBehindProxy(of: typeof PYTHON | typeof NODE, orphanSeconds: number) {
  const directory = mkdtempSync(join(tmpdir(), "ra-"));
  closing.push(() => rmSync(directory, { recursive: true, force: true }));
  const listener = new Listener(directory, "s", DEFAULT_LIMITS);
  closing.push(() => listener.close());
  await listener.ready;
  const proxy = await openProxy(join(directory, "p"), listener.path);
  const heartbeat = new Heartbeat(DEFAULT_LIMITS);
  closing.push(() => heartbeat.close());
  const driver = new ProcessDriver({
    sandbox: "s",
    command: workerCommand({ ...of, nodeArgs: [] }),
    env: { PATH: process.env.PATH ?? "" },
    cwd: of.root,
    socket: join(directory, "p"),
    orphanSeconds,
    onLog: () => undefined,
    limits: DEFAULT_LIMITS,
  });
  closing.push(() => driver.close());
  const around: Surroundings = {
    driver,
    heartbeat,
    limits: DEFAULT_LIMITS,
    orphanMs: orphanSeconds * 1000,
    onLog: () => undefined,
    onHost: () => undefined,
    stir: () => undefined,
    forget: (link) => listener.forget(link),
  };
  const { signal } = new AbortController();
  const agent = agentSpec(of, DEFAULT_LIMITS);
  const order = { role: "process", name: "w1", agent, signal } as const;
  const { link, process: started } = await load({ ...order, expect: (one) => listener.expect(one) }, around);
  return { worker: new ChannelWorker(link, started, around), cut: proxy.cut, directory, listener, around };
}

async function openProxy(path: string, to: string): Promise<{ readonly cut: () => void }> {
  const sockets = new Set<Socket>();
  const server = createServer((front) => {
    const back = connect(to);
    for (const [one, other] of [
      [front, back],
      [back, front],
    ] as const) {
      sockets.add(one);
      one.pipe(other);
      one.on("error", () => one.destroy());
      one.on("close", () => {
        sockets.delete(one);
        other.destroy();
      });
    }
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(path, resolve);
  await promise;
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  closing.push(() => {
    cut();
    server.close();
  });
  return { cut };
}

const ITEMS = 200;

it.each([
  ["Python", PYTHON],
  ["Node", NODE],
])("a durable run goes on over cut channels without a lost or repeated frame: %s", async (_, of) => {
  const { worker, cut } = await workerBehindProxy(of, 10);
  const ran = run(worker, "ticks", { n: ITEMS }, { durable: true });
  const direct = run(worker, "wait", { seconds: 60 });
  for (const n of [20, 60, 100]) {
    await ran.event(n);
    cut();
  }
  expect(await direct.ended).toMatchObject({ kind: "lost", exit: { killedByUs: true } });
  expect(await ran.ended).toMatchObject({ kind: "stream" });
  expect(ran.events.map(({ data }) => Number(data))).toEqual([...Array(ITEMS).keys()]);
  expect(ran.events.map(({ frame }) => frame)).toEqual([...Array(ITEMS).keys()].map((n) => n + 1));
  expect(ran.ends()).toBe(1);
  expect(await run(worker, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
});

it.each([
  ["Python", PYTHON],
  ["Node", NODE],
])("a cut channel ends every run at once where nobody waits for it: %s", async (_, of) => {
  const { worker, cut } = await workerBehindProxy(of, 0);
  const ran = run(worker, "ticks", { n: ITEMS }, { durable: true });
  await ran.event(5);
  cut();
  expect(await ran.ended).toMatchObject({ kind: "lost" });
  await worker.exited;
});

it.each([
  ["Python", PYTHON],
  ["Node", NODE],
])("the next server goes on with what the last one wrote down: %s", async (_, of) => {
  const { worker, directory, listener: last, around } = await workerBehindProxy(of, 10);
  const before = run(worker, "ticks", { n: ITEMS }, { durable: true });
  await before.event(50);
  const { row } = worker;
  const seen = before.events.length;
  worker.leave();
  await last.close();

  const { sink, ...after } = collector();
  const asked: object[] = [];
  const next = await adopted(row, { directory, around }, (run) => {
    asked.push(run);
    return { seen, sink, began: () => undefined };
  });
  if (next === null) throw new Error("it did not come back");
  expect(next.pid).toBe(worker.pid);
  expect(asked).toEqual([{ runId: "run_ticks", attempt: 1 }]);
  expect(await after.ended).toMatchObject({ kind: "stream" });
  const items = [...before.events, ...after.events].map(({ data }) => Number(data));
  expect(items).toEqual([...Array(ITEMS).keys()]);
  expect(before.ends()).toBe(0);
  expect(await run(next, "echo", { value: 1 }).ended).toEqual({ kind: "value", output: "1" });
});

it("the next server is asked for no run of a worker that is gone", async () => {
  const { worker, directory, listener: last, around } = await workerBehindProxy(PYTHON, 10);
  const before = run(worker, "ticks", { n: ITEMS }, { durable: true });
  await before.event(5);
  const { row } = worker;
  worker.leave();
  await last.close();
  process.kill(worker.pid, "SIGKILL");
  const asked: object[] = [];
  const next = await adopted(row, { directory, around }, (run) => {
    asked.push(run);
    return null;
  });
  expect(next).toBeNull();
  expect(asked).toEqual([]);
});

/** As the next server does it. */
async function adopted(
  row: KeptProcess,
  { directory, around: before }: { readonly directory: string; readonly around: Surroundings },
  resume: Resume,
): Promise<ChannelWorker | null> {
  const listener = new Listener(directory, "s", DEFAULT_LIMITS);
  closing.push(() => listener.close());
  const around = { ...before, forget: (link: Link): void => listener.forget(link) };
  const none = (): void => undefined;
  const { signal } = new AbortController();
  const agent = agentSpec(PYTHON, DEFAULT_LIMITS);
  const newName = (): string => "never";
  const options = { agent, listener, around, newName, signal, onWorker: none, onTemplate: none, onEnded: none };
  return adoptWorker(row, { options, resume, template: null });
}

it("a worker that does not come back loses its durable runs when its time is over", async () => {
  const { worker, cut } = await workerBehindProxy(PYTHON, 1);
  const ran = run(worker, "ticks", { n: ITEMS }, { durable: true });
  await ran.event(5);
  process.kill(worker.pid, "SIGSTOP");
  cut();
  expect(await ran.ended).toMatchObject({ kind: "lost" });
  await worker.exited;
});
