/**
 * Takes away what a server that was killed left behind: containers that were to end with it have (their lifeline did), their
 * mounts, folders and groups have not. What belongs to a process that runs is left alone.
 */
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { signal } from "../process/kill.ts";
import { cgroupOf, isInGroup } from "./cgroup.ts";
import { initPid } from "./container.ts";
import { Freezer } from "./freezer.ts";
import { findSandbox } from "./ledger.ts";
import { isOwned } from "./owner.ts";
import { SOCKETS } from "./place.ts";
import { callRuntime, type Runtime } from "./runtime.ts";
import { unmount, VOLUME } from "./volume.ts";

/**
 * Resolves with the names of those that are gone. `orphans`: what becomes of detached ones that live and that nobody has
 * adopted.
 */
export async function sweepSandboxes(
  runtime: Runtime,
  sandboxes: string,
  orphans: "ended" | "kept",
): Promise<readonly string[]> {
  const nobodys = names(sandboxes).filter((name) => !isOwned(join(sandboxes, name)));
  const left = nobodys.filter((name) => orphans === "ended" || findSandbox(join(sandboxes, name), name) === null);
  await Promise.all(left.map((id) => remove(runtime, id, join(sandboxes, id))));
  return left;
}

async function remove(runtime: Runtime, id: string, directory: string): Promise<void> {
  for (const pid of atWork(directory)) signal(pid, "SIGKILL");
  const init = initPid(directory);
  if (isInGroup(init, id)) signal(init, "SIGKILL");
  const freezer = new Freezer(cgroupOf(id));
  freezer.thaw();
  await callRuntime(runtime, "delete", "--force", id).catch(() => undefined); // it never came so far
  freezer.remove();
  await unmount(join(directory, VOLUME));
  const sockets = textOf(join(directory, SOCKETS));
  if (sockets !== "") rmSync(sockets, { recursive: true, force: true });
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
