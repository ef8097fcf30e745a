/** Another process for what comes next: those that ran the agent are killed, and others have taken their place. */
import { readdirSync, readFileSync } from "node:fs";
import { eventually, isAlive } from "@runagent/testing";
import type { Served } from "../examples/served.ts";

const GONE_MS = 30_000;
const WORKER = /runagent_worker|worker-node/;

export async function moveOn({ process: server }: Served): Promise<void> {
  const before = workersOf(server.pid);
  if (before.length === 0) throw new Error("no process of the agent was found");
  for (const pid of before) process.kill(pid, "SIGKILL");
  await eventually("the end of the workers", () => !before.some(isAlive), GONE_MS);
  await eventually("other workers", () => workersOf(server.pid).length > 0, GONE_MS);
}

/** Below the server, however deep: workers are forked from one that has imported the agent. */
function workersOf(server: number): number[] {
  const found = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const all = found.map((name) => ({ pid: Number(name), parent: parentOf(name), line: fileOf(name, "cmdline") }));
  const below = new Set([server]);
  for (let size = 0; size < below.size; ) {
    size = below.size;
    for (const { pid, parent } of all) if (below.has(parent)) below.add(pid);
  }
  return all.filter(({ pid, line }) => below.has(pid) && WORKER.test(line) && isAlive(pid)).map(({ pid }) => pid);
}

const parentOf = (pid: string): number => Number(/\) \S (\d+)/.exec(fileOf(pid, "stat"))?.[1] ?? 0);

function fileOf(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, "latin1");
  } catch {
    return ""; // it ended meanwhile
  }
}
