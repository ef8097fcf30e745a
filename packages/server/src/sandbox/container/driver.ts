/**
 * The isolation `container`: the processes of one version in one container of the OCI runtime, with its own users, files,
 * network, memory and processes. The host sees every process of it, and ends them as those of `process` (S3); what leaves
 * family and group is still in the pid namespace, and ends with it.
 */
import { readFileSync } from "node:fs";
import { setTimeout as pause } from "node:timers/promises";
import type { LimitValues } from "@runagent/protocol";
import type { Driver, Launched, LaunchOrder, ProcessExit } from "../driver.ts";
import type { Capabilities } from "../ports.ts";
import { signal } from "../process/kill.ts";
import type { Output } from "../process/output.ts";
import { familyOf, isGone, listProcesses, type ProcessRow } from "../process/table.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Freezer } from "./freezer.ts";
import type { Place } from "./place.ts";

export interface ContainerDriverOptions {
  readonly place: Promise<Place>;
  readonly cgroup: Cgroup;
  /** Paths as they are inside. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly socket: string;
  readonly freezer: Freezer;
  /** How long its processes look for a server that is gone; 0: not at all. */
  readonly orphanMs: number;
  /** What its processes write beside the channel. */
  readonly output: Output;
  readonly limits: LimitValues;
}

export class ContainerDriver implements Driver {
  readonly #options: ContainerDriverOptions;
  readonly can: Capabilities;
  /** Null: it is not made yet, or never was. */
  #place: Place | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: ContainerDriverOptions) {
    this.#options = options;
    this.can = { park: options.freezer.possible, leave: options.orphanMs > 0 };
    options.place.then(
      (place) => {
        this.#place = place;
      },
      () => undefined, // told by the first launch
    );
  }

  exitOf(worker: string): Promise<ProcessExit> {
    return this.#options.place.then(({ container }) => container.expect(worker).exited);
  }

  async park(): Promise<boolean> {
    return (await this.#place?.container.park(this.#options.limits.freeze_time)) ?? false;
  }

  wake(): void {
    this.#options.freezer.thaw();
  }

  leave(): void {
    this.#place?.leave();
  }

  launch({ role, worker, token }: LaunchOrder): Launched {
    const { place, command, env, socket, output, orphanMs } = this.#options;
    const begun = place.then(({ container }) =>
      container.launch(worker, command, {
        ...env,
        RUNAGENT_SOCKET: socket,
        RUNAGENT_ROLE: role,
        RUNAGENT_WORKER: worker,
        RUNAGENT_TOKEN: token,
        RUNAGENT_ORPHAN_SECONDS: String(orphanMs / 1000),
      }),
    );
    const exited = begun.then(
      (one) => one.exited,
      (error: Error): ProcessExit => ({ code: null, signal: null, error }),
    );
    const inside = begun.then((one) => one.pid).catch(() => null); // `exited` says why
    const pid = inside.then((said) => (said === null ? null : this.hostPid(said)));
    return { pid, exited, lastOutput: () => output.tail };
  }

  /** Agent code can say any number: one that is nobody's in there is refused, never taken for one of the host. */
  hostPid(said: number): number | null {
    return this.#options.cgroup.processes().find((pid) => pidInside(pid) === said) ?? null;
  }

  /** Only what is in the group is ever signalled: a pid may be somebody else's by now. */
  async kill(pid: number): Promise<void> {
    const { cgroup, limits } = this.#options;
    const end = performance.now() + limits.kill_time;
    if (cgroup.processes().includes(pid)) signal(pid, "SIGSTOP");
    for (;;) {
      const family = familyOf(pid, await this.#table());
      const living = await Promise.all(
        family.map(async (one) => cgroup.processes().includes(one) && !(await isGone(one))),
      );
      const left = family.filter((_, i) => living[i]);
      if (left.length === 0 || performance.now() > end) return;
      for (const one of left) signal(one, "SIGKILL");
      await pause(POLL_MS);
    }
  }

  clear(pid: number): void {
    for (const one of this.#options.cgroup.processes()) if (groupOf(one) === pid) signal(one, "SIGKILL");
  }

  killsLately(): number {
    return this.#options.cgroup.killsLately();
  }

  killedSince(kills: number): ReturnType<Driver["killedSince"]> {
    return this.#options.cgroup.killedSince(kills);
  }

  outOfMemory(): ReturnType<Driver["outOfMemory"]> {
    return this.#options.cgroup.outOfMemory();
  }

  async #table(): Promise<readonly ProcessRow[]> {
    const inside = new Set(this.#options.cgroup.processes());
    return (await listProcesses()).filter(({ pid }) => inside.has(pid));
  }

  close(): Promise<void> {
    this.#closed ??= this.#options.place.then(
      (place) => place.close(),
      () => undefined, // it was never made
    );
    return this.#closed;
  }
}

const POLL_MS = 5;

/** Field of `/proc/PID/stat` after the name: state, parent, group. */
function groupOf(pid: number): number | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[2]);
  } catch {
    return null; // it has just ended
  }
}

/** The innermost number of `NSpid`; null: the process is gone. */
function pidInside(pid: number): number | null {
  try {
    const [, numbers = ""] = /^NSpid:(.*)$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8")) ?? [];
    return Number(numbers.trim().split(/\s+/).at(-1));
  } catch {
    return null;
  }
}
