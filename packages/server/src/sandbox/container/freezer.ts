/**
 * Parking: every process of a sandbox but its first stands still, by the freezer of cgroup v2, which hybrid machines have too.
 * The first one goes on, so that the sandbox can still end itself; what is frozen there can be killed. That of cgroup v1 is
 * not used: what it has frozen cannot be killed, and would outlive its sandbox.
 */
import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const ROOT = "/sys/fs/cgroup";
const POLL_MS = 2;

/** Where cgroup v2 is; null: nowhere, and nothing can be parked. */
function v2Root(): string | null {
  return [ROOT, join(ROOT, "unified")].find((root) => existsSync(join(root, "cgroup.procs"))) ?? null;
}

export class Freezer {
  readonly #group: string | null;
  #frozen = false;

  /** `path`: the sandbox's own group; its child is ours. */
  constructor(path: string) {
    const root = v2Root();
    this.#group = root === null ? null : parkedGroup(root, path);
    this.#frozen = this.#group !== null && text(join(this.#group, "cgroup.freeze")).trim() === "1";
  }

  get possible(): boolean {
    return this.#group !== null;
  }

  get frozen(): boolean {
    return this.#frozen;
  }

  /** Whether all that `others` names stands still. If not, everything goes on as before. */
  async freeze(others: () => readonly number[], limitMs: number): Promise<boolean> {
    if (this.#group === null) return false;
    const end = performance.now() + limitMs;
    mkdirSync(this.#group, { recursive: true });
    this.#frozen = true;
    this.#write("cgroup.freeze", "1");
    while (performance.now() < end && this.#frozen) {
      const outside = others().filter((pid) => !this.#members().includes(pid));
      for (const pid of outside) this.#write("cgroup.procs", String(pid)); // a fork of it follows it
      if (outside.length === 0 && /^frozen 1$/m.test(text(join(this.#group, "cgroup.events")))) return true;
      await pause(POLL_MS);
    }
    this.thaw();
    return false;
  }

  /** At once, in one write. */
  thaw(): void {
    if (!this.#frozen) return;
    this.#frozen = false;
    this.#write("cgroup.freeze", "0");
  }

  /** When nothing is left in it. */
  remove(): void {
    if (this.#group === null) return;
    try {
      rmdirSync(this.#group);
      rmdirSync(join(this.#group, ".."));
    } catch {
      // it was never made, or the runtime took it with its own
    }
  }

  #members(): readonly number[] {
    return this.#group === null ? [] : text(join(this.#group, "cgroup.procs")).split("\n").filter(Boolean).map(Number);
  }

  #write(file: string, value: string): void {
    try {
      if (this.#group !== null) writeFileSync(join(this.#group, file), value);
    } catch {
      // the process, or the whole sandbox, has just ended
    }
  }
}

/** Host pids in it: on v2 they are no longer in the group above it. */
export function parkedProcesses(path: string): readonly number[] {
  const root = v2Root();
  return root === null
    ? []
    : text(join(parkedGroup(root, path), "cgroup.procs"))
        .split("\n")
        .filter(Boolean)
        .map(Number);
}

const parkedGroup = (root: string, path: string): string => join(root, path, "parked");

function text(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
