/**
 * Takes away what a server that was killed left behind: its containers ended with it (their lifeline did), their mounts,
 * folders and groups did not. What belongs to a process that runs is left alone.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { signal } from "../process/kill.ts";
import { isOwned } from "./owner.ts";
import { callRuntime, type Runtime } from "./runtime.ts";
import { unmount, VOLUME } from "./volume.ts";

/** Resolves with the names of those that are gone. */
export async function sweepSandboxes(runtime: Runtime, sandboxes: string): Promise<readonly string[]> {
  const left = names(sandboxes).filter((name) => !isOwned(join(sandboxes, name)));
  await Promise.all(left.map((id) => remove(runtime, id, join(sandboxes, id))));
  return left;
}

async function remove(runtime: Runtime, id: string, directory: string): Promise<void> {
  for (const pid of atWork(directory)) signal(pid, "SIGKILL");
  const init = Number(textOf(join(directory, "init.pid")));
  if (init > 0 && isIn(init, id)) signal(init, "SIGKILL");
  await callRuntime(runtime, "delete", "--force", id).catch(() => undefined); // it never came so far
  await unmount(join(directory, VOLUME));
  rmSync(directory, { recursive: true, force: true });
}

const TOOLS = new Set(["cp", "mkfifo", "mount", "runc", "umount"]);

/** Tools that the server had called when it was killed: they would go on, and make what nobody takes away. */
function atWork(directory: string): number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  const calls = pids.map((pid) => ({ pid: Number(pid), argv: textOf(`/proc/${pid}/cmdline`).split("\0") }));
  return calls
    .filter(({ argv: [program = "", ...args] }) => {
      return TOOLS.has(basename(program)) && args.some((one) => one === directory || one.startsWith(`${directory}/`));
    })
    .map(({ pid }) => pid);
}

/** The pid may be somebody else's by now: only what is in the sandbox's group is ended. */
const isIn = (pid: number, id: string): boolean => textOf(`/proc/${pid}/cgroup`).includes(`/runagent/${id}\n`);

/** Folders of sandboxes; what is shared by all of them has a name of letters only. */
function names(sandboxes: string): string[] {
  try {
    return readdirSync(sandboxes).filter((name) => /\d|-/.test(name));
  } catch {
    return []; // none was ever made
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
