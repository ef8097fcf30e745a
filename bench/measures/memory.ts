/** Memory of a process and all below it: the proportional share (PSS), so that what forks share counts once. Linux only. */
import { readdirSync, readFileSync } from "node:fs";

/** Bytes; NaN where /proc does not say. */
export function treeMemory(root: number): number {
  return family(root).reduce((total, pid) => total + pss(pid), 0);
}

/** Bytes of this process alone. */
export function pss(pid: number): number {
  const kilobytes = /^Pss: +(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1];
  return kilobytes === undefined ? 0 : Number(kilobytes) * 1024;
}

function family(root: number): number[] {
  const parents = new Map<number, number>();
  for (const entry of readdirSync("/proc")) {
    const parent = /^PPid:\t(\d+)/m.exec(/^\d+$/.test(entry) ? read(`/proc/${entry}/status`) : "")?.[1];
    if (parent !== undefined) parents.set(Number(entry), Number(parent));
  }
  const members = [root];
  // The list grows while it is walked: children, then theirs.
  for (const member of members) {
    for (const [pid, parent] of parents) if (parent === member) members.push(pid);
  }
  return members;
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    // It ended between the listing and the reading.
    return "";
  }
}
