/**
 * What the kernel counts for one sandbox, on cgroup v1, hybrid and v2: its processes, its memory and the kills for it.
 * A file that is not there says nothing.
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { WorkerExit } from "../ports.ts";
import { parkedProcesses } from "./freezer.ts";

const ROOT = "/sys/fs/cgroup";
const KILLS_AGE_MS = 100;

export const cgroupOf = (id: string): string => `/runagent/${id}`;

/** A pid may be somebody else's by now: whether it is in the group of this sandbox itself. */
export const isInGroup = (pid: number, id: string): boolean =>
  pid > 0 && text(`/proc/${pid}/cgroup`).includes(`${cgroupOf(id)}\n`);

export class Cgroup {
  /** By controller on v1; on v2 both are the same folder. */
  readonly #memory: string;
  readonly #pids: string;
  /** On v2 what was parked is in a group below. */
  readonly #below: string | null;
  #kills = 0;
  #lately = { kills: 0, at: Number.NEGATIVE_INFINITY };

  /** `path`: as the runtime's configuration names it. */
  constructor(path: string) {
    const unified = text(join(ROOT, "cgroup.controllers")) !== "";
    this.#below = unified ? path : null;
    this.#memory = unified ? join(ROOT, path) : join(ROOT, "memory", path);
    this.#pids = unified ? join(ROOT, path) : join(ROOT, "pids", path);
  }

  /** Host pids of everything in it. */
  processes(): readonly number[] {
    const own = text(join(this.#pids, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
    return this.#below === null ? own : [...own, ...parkedProcesses(this.#below)];
  }

  /** At most `KILLS_AGE_MS` old: every run asks, and a file costs as much as a run. */
  killsLately(): number {
    const now = performance.now();
    if (now - this.#lately.at > KILLS_AGE_MS) this.#lately = { kills: this.memoryKills(), at: now };
    return this.#lately.kills;
  }

  /** What killed a process for memory since so many were killed. */
  killedSince(kills: number): WorkerExit["outOfMemory"] {
    return this.memoryKills() > kills ? this.outOfMemory() : null;
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
