/**
 * The last step of stopping (S3): kill the whole group, with descendants that left it, and wait until they are gone.
 * Stopped first, so that nothing is started between looking and killing.
 */
import { setTimeout as pause } from "node:timers/promises";
import { familyOf, findMarked, isGone, listProcesses } from "./table.ts";

const POLL_MS = 10;

/** Kills the families of these processes; resolves when they are gone, at the latest after `limitMs`. */
export async function killFamilies(pids: readonly number[], limitMs: number): Promise<void> {
  for (const pid of pids) signal(pid, "SIGSTOP");
  const table = await listProcesses();
  const all = pids.flatMap((pid) => familyOf(pid, table));
  for (const pid of pids) signal(-pid, "SIGKILL");
  for (const pid of all) signal(pid, "SIGKILL");
  await gone(all, limitMs);
}

/** Kills what carries the mark until nothing does, at the latest after `limitMs`. */
export async function killMarked(mark: string, limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (;;) {
    const pids = await findMarked(mark);
    if (pids.length === 0 || performance.now() > end) return;
    for (const pid of pids) signal(pid, "SIGKILL");
    await gone(pids, end - performance.now());
  }
}

async function gone(pids: readonly number[], limitMs: number): Promise<void> {
  const end = performance.now() + limitMs;
  for (const pid of pids) {
    while (!(await isGone(pid)) && performance.now() < end) await pause(POLL_MS);
  }
}

/** A negative pid is a group. Who is gone already needs no signal. */
export function signal(pid: number, name: "SIGSTOP" | "SIGKILL"): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && (error.code === "ESRCH" || error.code === "EPERM"))) throw error;
  }
}
