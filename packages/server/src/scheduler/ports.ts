/**
 * What the scheduler needs: workers that execute invocations, and a store that keeps records. It starts no process and
 * opens no file.
 */
import type {
  AgentConfig,
  CancelledBy,
  Description,
  Interrupt,
  JsonText,
  LogRecord,
  Problem,
  WorkerError,
  WorkerEventType,
} from "@runagent/protocol";

/** One version's place to run. `sandbox/` implements it once per isolation driver. */
export interface Sandbox {
  /** Imports and describes. Rejects with a RunAgentError LOAD_FAILED whose problem carries the traceback. */
  readonly loaded: Promise<Description>;
  /** A new worker: a fork, or a fresh process. Rejects with LOAD_FAILED or NO_CAPACITY. `once`: for one run only. */
  spawn(options: { readonly once: boolean }): Promise<Worker>;
  /** Ends every process of it, at once when `graceMs` is 0. Resolves when they are gone. May be called twice. */
  close(graceMs: number): Promise<void>;
}

/** One process that runs invocations. */
export interface Worker {
  readonly id: string;
  readonly pid: number;
  /** False while its loop does not answer: it gets no new runs. */
  readonly responsive: boolean;
  /** It has not answered for so long that another may take its place. */
  readonly hangs: boolean;
  readonly onResponsive: (listener: (responsive: boolean) => void) => void;
  /** Hands a run to the worker. Never throws: a worker that is gone ends it with `lost` in the same tick. */
  invoke(invocation: Invocation, sink: RunSink): Execution;
  /** Takes no more; exits when its runs have ended. */
  drain(): void;
  /** Kills the process group, reaps, resolves when gone. */
  kill(): Promise<WorkerExit>;
  /** Resolves when the process is gone, whatever the reason. Its runs have been told `lost` before. */
  readonly exited: Promise<WorkerExit>;
}

export interface WorkerExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** We or the host killed it: its loss is the platform's. */
  readonly killedByUs: boolean;
  readonly outOfMemory: { readonly limitBytes: number; readonly peakBytes: number } | null;
}

export interface Invocation {
  readonly runId: string;
  readonly tag: string;
  readonly attempt: number;
  readonly stream: boolean;
  readonly durable: boolean;
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
  /** Asks the function to stop. `recall`: only if it has not begun; then it ends at once with RUN_CANCELLED. */
  cancel(by: CancelledBy | "deadline" | "recall", reason: string | null): void;
  /** Frames of it up to `n` (counted from 1) may be forgotten by the worker. */
  ack(n: number): void;
}

/** Called in the order of the frames; nothing is called after `end`. `frame` is the frame's number in the call. */
export interface RunSink {
  event(type: WorkerEventType, data: JsonText, frame: number): void;
  log(record: LogRecord): void;
  /** The session's new state; counts when the run succeeds. */
  state(session: JsonText): void;
  step(step: JsonText): void;
  end(outcome: WorkerOutcome): void;
}

export type WorkerOutcome =
  | { readonly kind: "value"; readonly output: JsonText }
  /** A drained generator; `output` null: it had no return value. */
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

/** One loaded version of an agent, made by whoever composes (serve: at each reload; server: at each deploy). */
export interface VersionSource {
  readonly agent: string;
  /** `v1`, `v2` … */
  readonly version: string;
  readonly config: AgentConfig;
  /** What `sandbox.loaded` resolved with. */
  readonly description: Description;
  readonly sandbox: Sandbox;
  /** Values of the agent's secrets: kept out of logs, errors and events. */
  readonly secrets: readonly string[];
}

/** Where ended things go: counters, lines. */
export interface RunObserver {
  admitted(run: { readonly agent: string; readonly tag: string }): void;
  ended(run: EndedRun): void;
  log(run: LoggedRun, record: LogRecord): void;
  started(kind: "fork" | "process" | "sandbox" | "restore", ms: number): void;
}

/** Traces of runs. */
export interface RunTracer {
  run(run: {
    readonly id: string;
    readonly agent: string;
    readonly version: string;
    readonly tag: string;
    readonly session: string | null;
    readonly createdAt: number;
    readonly traceparent: string | null;
  }): RunTrace;
}

export interface RunTrace {
  /** For the worker. */
  readonly traceparent: string;
  /** A worker has it. */
  dispatched(): void;
  event(type: WorkerEventType, data: JsonText): void;
  ended(end: {
    readonly status: EndedRun["status"];
    readonly problem: Problem | null;
    readonly attempt: number;
    readonly inputTokens: number | null;
    readonly outputTokens: number | null;
  }): void;
}

/** Whose line it is. */
export type LoggedRun = Pick<EndedRun, "id" | "agent" | "version">;

export interface EndedRun {
  readonly id: string;
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly status: "succeeded" | "failed" | "cancelled";
  readonly problem: Problem | null;
  readonly queuedMs: number;
  readonly ms: number;
}

/** Time as the scheduler sees it; tests drive it. */
export interface Clock {
  now(): number;
  /** Calls back once, after `ms`. The result stops it. */
  after(ms: number, call: () => void): () => void;
}

/** Where the records of durable runs are kept: of the engine, all that is needed here. */
export interface RecordStore {
  /** Read and compare-and-set in one; resolves when durable. `f` returns null to delete. */
  update(key: string, f: (value: string | null) => string | null | undefined): Promise<unknown>;
}
