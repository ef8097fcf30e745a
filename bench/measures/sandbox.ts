/**
 * What a container costs beside bare processes: calls, forks, waking, starting, memory. The same agent and the same driver of
 * calls in both, in turn; the test suite's own sandboxes, without HTTP before them.
 */
import { readFileSync, readlinkSync } from "node:fs";
import type { Worker } from "../../packages/server/src/sandbox/index.ts";
import { startConfined, testBase } from "../../packages/server/test/sandbox/confined.ts";
import { fixture, pythonPath, run, type Started, start } from "../../packages/server/test/sandbox/harness.ts";
import type { Samples } from "../samples.ts";
import { treeMemory } from "./memory.ts";

export interface SandboxPlan {
  readonly rounds: number;
  readonly calls: number;
  readonly forks: number;
  readonly wakes: number;
}

type Isolation = "process" | "container";
const AGENT = { root: fixture("python"), file: "agent.py", tags: ["echo"] };
const WORKER = new URL("../../packages/worker-python/runagent_worker", import.meta.url).pathname;
const MiB = 1024 * 1024;

export async function measureSandbox(plan: SandboxPlan, samples: Samples): Promise<void> {
  const base = await testBase();
  const starts: Readonly<Record<Isolation, () => Started>> = {
    process: () => start({ ...AGENT, language: "python", workerFile: WORKER, interpreter: pythonPath() }),
    container: () => startConfined(base, { ...AGENT, detached: "bench" }),
  };
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const isolation of ["process", "container"] as const) {
      await measureOne(starts[isolation], { isolation, plan, samples });
    }
  }
}

interface Measuring {
  readonly isolation: Isolation;
  readonly plan: SandboxPlan;
  readonly samples: Samples;
}

async function measureOne(open: () => Started, { isolation, plan, samples }: Measuring): Promise<void> {
  const began = performance.now();
  const { sandbox, close } = open();
  try {
    const worker = await sandbox.spawn({ once: false });
    await call(worker);
    const first = performance.now() - began;
    samples.add(isolation, "start", first - (await sandbox.loaded).import_ms);
    samples.add(isolation, "memory", treeMemory(rootOf(worker.pid)) / MiB);
    const seconds = (await timed(() => calls(worker, plan.calls))) / 1000;
    samples.add(isolation, "calls", plan.calls / seconds);
    samples.add(isolation, "fork p95", await p95(plan.forks, async () => call(await sandbox.spawn({ once: true }))));
    if (!sandbox.can.park) return;
    const woken = async (): Promise<void> => call(await sandbox.spawn({ once: true }));
    samples.add(isolation, "wake p95", await p95(plan.wakes, woken, () => parked(sandbox)));
  } finally {
    await close();
  }
}

/** When the last run's process has ended. */
async function parked(sandbox: Started["sandbox"]): Promise<void> {
  for (let still = false; !still; ) still = await sandbox.park();
}

async function call(worker: Worker): Promise<void> {
  const outcome = await run(worker, "echo", { value: 1 }).ended;
  if (outcome.kind !== "value") throw new Error(JSON.stringify(outcome));
}

async function calls(worker: Worker, n: number): Promise<void> {
  for (let i = 0; i < n; i += 1) await call(worker);
}

async function timed(work: () => Promise<void>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function p95(
  n: number,
  work: () => Promise<void>,
  before = async (): Promise<void> => undefined,
): Promise<number> {
  const times: number[] = [];
  for (let i = 0; i < n; i += 1) {
    await before();
    times.push(await timed(work));
  }
  return times.sort((a, b) => a - b)[Math.ceil(n * 0.95) - 1] ?? Number.NaN;
}

/** The first process of what it is in: of the pid namespace, or below us. */
function rootOf(pid: number): number {
  const parent = Number(/^PPid:\t(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]);
  const same = parent > 1 && readlinkSync(`/proc/${pid}/ns/pid`) === readlinkSync(`/proc/${parent}/ns/pid`);
  return same && parent !== process.pid ? rootOf(parent) : pid;
}

export function sandboxTable(samples: Samples): string {
  const of = (isolation: Isolation, what: string): number => samples.median(isolation, what);
  const row = (what: string, [measured, unit, digits = 0]: Figure, [target, held]: Held): string =>
    `| ${what} | ${measured.toFixed(digits)}${unit} | ${target} | ${held ? "yes" : "**no**"} |`;
  const ratio = samples.ratio("container", "process", "calls");
  const [fork, wake] = [of("container", "fork p95"), of("container", "wake p95")];
  const started = of("container", "start") - of("process", "start");
  const memory = of("container", "memory") - of("process", "memory");
  return [
    "| a container beside bare processes (a plain Python agent) | measured | should be | held |",
    "|---|---|---|---|",
    row("warm calls, one after the other", [ratio, " × process", 2], ["≥ 0.9", ratio >= 0.9]),
    row("a fork for a run → its answer, p95", [fork, " ms", 1], ["≤ 40 ms", fork <= 40]),
    row("parked → the answer of a new fork, p95", [wake, " ms", 1], ["≤ 80 ms", wake <= 80]),
    row(
      "gone → first answer, less the import",
      [of("container", "start"), " ms"],
      ["≤ 250 ms", of("container", "start") <= 250],
    ),
    row("added to the start", [started, " ms"], ["≤ 60 ms", started <= 60]),
    row("added memory", [memory, " MB", 1], ["≤ 10 MB", memory <= 10]),
  ].join("\n");
}

type Figure = readonly [value: number, unit: string, digits?: number];
type Held = readonly [target: string, held: boolean];
