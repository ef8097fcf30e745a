/** What this machine has for sandboxes, and what a process of them uses. */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";

/** Kept for the server itself and for the rest of the machine. */
const KEPT = 0.1;

/** Bytes that sandboxes may have together: of the machine, or of the group that the server was put in. */
export function memoryForSandboxes(): number {
  const limits = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"].map(numberIn);
  const least = Math.min(totalmem(), ...limits.filter((one) => one !== null));
  return Math.floor(least * (1 - KEPT));
}

/** Bytes in memory; null: the process is gone. */
export function memoryOfProcess(pid: number): number | null {
  try {
    const pages = Number(readFileSync(`/proc/${pid}/statm`, "latin1").split(" ")[1]);
    return pages * PAGE;
  } catch {
    return null; // it cannot be read: that is the answer
  }
}

const PAGE = 4096; // of every kernel that Node runs on with 64 bits, but for a few on ARM

function numberIn(file: string): number | null {
  try {
    const value = Number(readFileSync(file, "latin1"));
    return Number.isFinite(value) && value > 0 ? value : null;
  } catch {
    return null;
  }
}
