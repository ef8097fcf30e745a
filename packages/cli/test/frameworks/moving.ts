/** Another process for what comes next: those that ran the agent are killed, and the server knows it. */
import { readdirSync, readFileSync } from "node:fs";
import { eventually, isAlive } from "@runagent/testing";
import type { Served } from "../examples/served.ts";

const GONE_MS = 30_000;
const WORKER = /runagent_worker|worker-node/;

export async function moveOn(served: Served): Promise<void> {
  const pids = workersOf(served.process.pid);
  if (pids.length === 0) throw new Error("no process of the agent was found");
  const before = await counts(served);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  // All that the server still counts were started since.
  const all = async (): Promise<boolean> => {
    const now = await counts(served);
    return now.workers <= now.starts - before.starts;
  };
  await eventually("the end of the workers", all, GONE_MS);
}

async function counts({ url }: Served): Promise<{ readonly workers: number; readonly starts: number }> {
  const text = await (await fetch(new URL("/metrics", url))).text();
  const sum = (name: string): number =>
    [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\d+)`, "gm"))].reduce((all, [, n]) => all + Number(n), 0);
  return { workers: sum("runagent_workers"), starts: sum("runagent_starts_total") };
}

/** Below the server, however deep; not the one that has imported the agent, which others are forked from. */
function workersOf(server: number): number[] {
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const all = found.map((name) => ({ pid: Number(name), parent: parentOf(name), line: fileOf(name, "cmdline") }));
  const below = new Set([server]);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  const workers = all.filter(({ pid, line }) => below.has(pid) && WORKER.test(line) && isAlive(pid));
  return workers.map(({ pid }) => pid).filter((pid) => !workers.some(({ parent }) => parent === pid));
}

const parentOf = (pid: string): number => Number(/\) \S (\d+)/.exec(fileOf(pid, "stat"))?.[1] ?? 0);

function fileOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return ""; // it ended meanwhile
  }
}
