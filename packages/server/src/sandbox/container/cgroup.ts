/**
 * What the kernel counts for one sandbox, on cgroup v1, hybrid and v2: its processes, its memory and the kills for it.
 * A file that is not there says nothing.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerExit } from "../ports.ts";

const ROOT = "/sys/fs/cgroup";

export class Cgroup {
  /** By controller on v1; on v2 both are the same folder. */
  readonly #memory: string;
  readonly #pids: string;
  #kills = 0;

  /** `path`: as the runtime's configuration names it. */
  constructor(path: string) {
    const unified = text(join(ROOT, "cgroup.controllers")) !== "";
    this.#memory = unified ? join(ROOT, path) : join(ROOT, "memory", path);
    this.#pids = unified ? join(ROOT, path) : join(ROOT, "pids", path);
  }

  /** Host pids of everything in it. */
  processes(): readonly number[] {
    return text(join(this.#pids, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
  }

  memoryKills(): number {
    return counted(text(join(this.#memory, "memory.events")) || text(join(this.#memory, "memory.oom_control")));
  }

  /** Whether a process of it was killed for memory since this was asked last. */
  outOfMemory(): WorkerExit["outOfMemory"] {
    const kills = this.memoryKills();
    if (kills <= this.#kills) return null;
    this.#kills = kills;
    const limitBytes = this.#number("memory.max", "memory.limit_in_bytes");
    return { limitBytes, peakBytes: this.#number("memory.peak", "memory.max_usage_in_bytes") || limitBytes };
  }

  #number(...names: readonly string[]): number {
    const values = names.map((name) => Number.parseInt(text(join(this.#memory, name)), 10));
    return values.find((value) => Number.isFinite(value)) ?? 0;
  }
}

const counted = (events: string): number => Number(/^oom_kill (\d+)$/m.exec(events)?.[1] ?? 0);

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
