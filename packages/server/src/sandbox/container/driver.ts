/**
 * The isolation `container`: the processes of one version in one container of the OCI runtime, with its own users, files,
 * network, memory and processes. The host sees every process of it, and ends them as those of `process` (S3); what leaves
 * family and group is still in the pid namespace, and ends with it.
 */
import { readFileSync } from "node:fs";
import type { LimitValues } from "@runagent/protocol";
import type { Driver, Launched, LaunchOrder, ProcessExit } from "../driver.ts";
import { killFamilies, signal } from "../process/kill.ts";
import type { Output } from "../process/output.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Place } from "./place.ts";

export interface ContainerDriverOptions {
  readonly place: Promise<Place>;
  readonly cgroup: Cgroup;
  /** Paths as they are inside. */
  readonly command: readonly [string, ...string[]];
  readonly env: Readonly<Record<string, string>>;
  readonly socket: string;
  /** What its processes write beside the channel. */
  readonly output: Output;
  readonly limits: LimitValues;
}

export class ContainerDriver implements Driver {
  readonly #options: ContainerDriverOptions;
  #closed: Promise<void> | null = null;

  constructor(options: ContainerDriverOptions) {
    this.#options = options;
  }

  launch({ role, worker, token }: LaunchOrder): Launched {
    const { place, command, env, socket, output } = this.#options;
    const begun = place.then(({ container }) =>
      container.launch(worker, command, {
        ...env,
        RUNAGENT_SOCKET: socket,
        RUNAGENT_ROLE: role,
        RUNAGENT_WORKER: worker,
        RUNAGENT_TOKEN: token,
        RUNAGENT_ORPHAN_SECONDS: "0",
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

  hostPid(said: number): number {
    return this.#options.cgroup.processes().find((pid) => pidInside(pid) === said) ?? said;
  }

  kill(pid: number): Promise<void> {
    return killFamilies([pid], this.#options.limits.kill_time);
  }

  clear(pid: number): void {
    signal(-pid, "SIGKILL");
  }

  outOfMemory(): ReturnType<Driver["outOfMemory"]> {
    return this.#options.cgroup.outOfMemory();
  }

  close(): Promise<void> {
    this.#closed ??= this.#options.place.then(
      (place) => place.close(),
      () => undefined, // it was never made
    );
    return this.#closed;
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
