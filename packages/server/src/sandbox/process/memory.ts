/**
 * Whether the kernel killed a process for its memory. Without a cgroup of its own there is only the machine's count of such
 * kills: a SIGKILL that is not ours while it rose is one. Where it cannot be read nothing is claimed.
 */
import { readFileSync } from "node:fs";
import { totalmem } from "node:os";
import type { WorkerExit } from "../ports.ts";

const LIMIT_FILES = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"];
const PEAK_FILES = ["/sys/fs/cgroup/memory.peak", "/sys/fs/cgroup/memory/memory.max_usage_in_bytes"];

export class MemoryWatch {
  #kills = killsSoFar();

  /** Call it for each SIGKILL that was not ours. */
  look(): WorkerExit["outOfMemory"] {
    const kills = killsSoFar();
    if (kills <= this.#kills) return null;
    this.#kills = kills;
    const limitBytes = Math.min(firstNumber(LIMIT_FILES) ?? Number.POSITIVE_INFINITY, totalmem());
    return { limitBytes, peakBytes: Math.min(firstNumber(PEAK_FILES) ?? limitBytes, limitBytes) };
  }
}

function killsSoFar(): number {
  return Number(/^oom_kill (\d+)$/m.exec(textOf("/proc/vmstat"))?.[1] ?? 0);
}

function firstNumber(files: readonly string[]): number | null {
  for (const file of files) {
    const value = Number.parseInt(textOf(file), 10);
    if (Number.isSafeInteger(value)) return value;
  }
  return null;
}

/** Empty where the machine has no such file. */
function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
