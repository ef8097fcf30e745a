/**
 * What the sandbox offers, in its own words: one version's place to run, and the workers in it. `compose.ts` proves that
 * this is what the scheduler needs. JSON of callers and agents is text: it is handed on, never parsed.
 */
import type {
  CancelledBy,
  Description,
  Interrupt,
  JsonText,
  LogRecord,
  WorkerError,
  WorkerEventType,
} from "@runagent/protocol";

/**
 * One version's place to run: every isolation driver gives the same; what one cannot do is a named capability.
 *
 * A server that comes after another goes on with what it finds, in this order: `findSandboxes(folder)` tells what detached
 * sandboxes live there, `adoptContainerSandbox(found, options, resume)` gives each again as if it had been started here, with
 * its template and the same workers, and `sweepSandboxes(runtime, folder, "ended")` ends all others and takes away what is
 * left of the dead. Before it goes it says `leave()`; when it is killed instead, nothing else is different.
 */
export interface Sandbox {
  readonly can: Capabilities;
  /** The agent is imported and described. Rejects with LOAD_FAILED, whose problem carries the agent's own traceback. */
  readonly loaded: Promise<Description>;
  /** A worker that is connected and can take runs. Rejects with LOAD_FAILED or NO_CAPACITY. `once`: for one run. */
  spawn(options: { readonly once: boolean }): Promise<Worker>;
  /** Everything in it stands still until it is woken. False: it cannot be, a run is at work, or a call came meanwhile. */
  park(): Promise<boolean>;
  /** At once. A spawned worker and an invocation wake it by themselves. */
  wake(): void;
  /** Only where it can be left: lets go of it without ending it. Its runs are told nothing more. */
  leave(): Promise<void>;
  /** Drains for `graceMs`, then kills; resolves when every process of it is gone. May be called twice. */
  close(graceMs: number): Promise<void>;
}

export interface Capabilities {
  /** The kernel can freeze it. */
  readonly park: boolean;
  /** It lives on without this server, for `sandbox_orphan`. */
  readonly leave: boolean;
}

/** Asked for each durable run that an adopted worker holds. Null: nobody wants it, and the worker cancels it. */
export type Resume = (run: { readonly runId: string; readonly attempt: number }, worker: Worker) => Resumed | null;

export interface Resumed {
  /** The last frame of it that is written down: what follows is sent again, and nothing before. */
  readonly seen: number;
  readonly sink: RunSink;
  readonly began: (execution: Execution) => void;
}

/** One process that runs invocations. */
export interface Worker {
  readonly id: string;
  readonly pid: number;
  /** False while its loop does not answer. */
  readonly responsive: boolean;
  /** It has not answered for so long that another may take its place. */
  readonly hangs: boolean;
  readonly onResponsive: (listener: (responsive: boolean) => void) => void;
  /** Never throws: a worker that is gone ends the run with `lost`. */
  invoke(invocation: Invocation, sink: RunSink): Execution;
  /** Takes no more; the process ends when its runs have. */
  drain(): void;
  /** Kills it with everything it started; resolves when it is gone. */
  kill(): Promise<WorkerExit>;
  /** Resolves when the process is gone, whatever the reason; its runs have been told `lost` before. */
  readonly exited: Promise<WorkerExit>;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  readonly killedByUs: boolean;
  readonly outOfMemory: { readonly limitBytes: number; readonly peakBytes: number } | null;
}

export interface Invocation {
  readonly runId: string;
  readonly tag: string;
  readonly attempt: number;
  readonly stream: boolean;
  readonly durable: boolean;
  /** Milliseconds since the epoch. */
  readonly deadlineMs: number;
  readonly sessionId: string | null;
  readonly session: JsonText | null;
  readonly user: string | null;
  readonly traceparent: string | null;
  readonly steps: readonly JsonText[];
  readonly answers: readonly JsonText[];
  readonly input: JsonText;
}

/** A run at a worker. */
export interface Execution {
  /** `recall`: only if it has not begun; then it ends at once with RUN_CANCELLED. */
  cancel(by: CancelledBy | "deadline" | "recall", reason: string | null): void;
  /** Frames of it up to `n` may be forgotten by the worker. */
  ack(n: number): void;
}

/** Called in the order of the frames; nothing is called after `end`. */
export interface RunSink {
  event(type: WorkerEventType, data: JsonText, frame: number): void;
  log(record: LogRecord): void;
  state(session: JsonText): void;
  step(step: JsonText): void;
  end(outcome: WorkerOutcome): void;
}

export type WorkerOutcome =
  | { readonly kind: "value"; readonly output: JsonText }
  | { readonly kind: "stream"; readonly output: JsonText | null }
  /** `outOfMemory`: meanwhile a process beside the worker, most likely its child, was killed for memory. */
  | {
      readonly kind: "error";
      readonly error: WorkerError;
      readonly outOfMemory?: NonNullable<WorkerExit["outOfMemory"]>;
    }
  | { readonly kind: "interrupt"; readonly interrupts: readonly Interrupt[] }
  /** `complete`: all that the worker has said was read. */
  | { readonly kind: "lost"; readonly exit: WorkerExit; readonly complete?: boolean };
