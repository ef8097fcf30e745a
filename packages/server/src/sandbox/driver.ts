/**
 * What an isolation driver does: it starts processes, ends them with everything they started, and knows why they ended.
 * It knows nothing of the channel. `process/` and `container/` are two; `gvisor` comes beside them.
 */
import type { WorkerRole } from "@runagent/protocol";
import type { Capabilities, WorkerExit } from "./ports.ts";

export interface Driver {
  readonly can: Capabilities;
  launch(order: LaunchOrder): Launched;
  /** How a process ends that an earlier server launched. */
  exitOf(worker: string): Promise<ProcessExit>;
  /** The pid on this machine of what says that it is this one, seen from inside. Null: nothing in the sandbox is. */
  hostPid(said: number): number | null;
  /** Kills the process and what it started (S3); resolves when it is gone. A pid that is gone already is no mistake. */
  kill(pid: number, worker: string): Promise<void>;
  /** The same for what a process left behind that ended by itself and in order: its group, no search. */
  clear(pid: number): void;
  /** A process ended by a SIGKILL that was not ours: whether for its memory. */
  outOfMemory(): WorkerExit["outOfMemory"];
  /** How many processes of this sandbox were killed for its memory, as known lately; always 0 where nobody counts. */
  killsLately(): number;
  /** Whether one was killed for memory since so many had been. */
  killedSince(kills: number): WorkerExit["outOfMemory"];
  /** Whether everything stands still now. */
  park(): Promise<boolean>;
  wake(): void;
  /** Lets go of what is not to end with this server. */
  leave(): void;
  /** Kills everything that was ever started in this sandbox; resolves when it is gone. May be called twice. */
  close(): Promise<void>;
}

export interface LaunchOrder {
  readonly role: Exclude<WorkerRole, "worker">;
  readonly worker: string;
  readonly token: string;
}

/** A process, however it was started. */
export interface Process {
  readonly pid: number;
  readonly exited: Promise<ProcessExit>;
  /** Resolves when whoever would tell of its end is gone. */
  readonly untold: Promise<null>;
}

export interface Launched {
  /** Never rejects. Null: it could not be started; `exited` says why. */
  readonly pid: Promise<number | null>;
  readonly exited: Promise<ProcessExit>;
  /** The last of what it wrote to stdout and stderr. */
  lastOutput(): string;
}

/** How a process ended. `error`: it never began. All null: it is gone, nobody knows how. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly error: Error | null;
  /** Calls with a higher number had not begun, where somebody knows. */
  readonly begun?: number;
}
