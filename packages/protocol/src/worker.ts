/**
 * The bodies of worker frames, kind by kind (docs/reference/worker-protocol.md). snake_case, as everything on a wire.
 */
import type { EntrypointType, InputShape } from "./config/types.ts";
import type { ErrorCode, PointedError } from "./errors.ts";

export const WORKER_PROTOCOL = 1;

/**
 * `template`: imports once, describes, then forks workers when told to (`spawn`).
 * `worker`: a fork of the template. It does not describe; it serves.
 * `process`: imports, describes and serves: where forking is not safe, and for Node.
 */
export type WorkerRole = "template" | "worker" | "process";

/** First frame of the worker, call 0. */
export interface WorkerHello {
  readonly protocol: number;
  readonly role: WorkerRole;
  /** The name that the server gave: `RUNAGENT_WORKER` of a template or process, `worker` of the `spawn` frame of a fork. */
  readonly worker: string;
  /** The secret that came with the name (`RUNAGENT_TOKEN`, `spawn.token`): agent code cannot pass for another worker. */
  readonly token: string;
  readonly pid: number;
  readonly language: "python" | "node";
  /** Of the interpreter, e.g. `3.12.1`. */
  readonly runtime: string;
  /** Runs this worker holds from an earlier connection: unfinished, or ended and not yet acknowledged. */
  readonly held: readonly HeldCall[];
}

/** Frames of a call are counted from 1 on both sides; `first` to `last` can be sent again. */
export interface HeldCall {
  readonly call: number;
  readonly run_id: string;
  readonly attempt: number;
  readonly first: number;
  readonly last: number;
  readonly ended: boolean;
}

/** First frame of the server, call 0: answers the worker's. */
export interface ServerHello {
  readonly protocol: number;
  /** For `template` and `process`, on their first connection: what to load. */
  readonly agent?: AgentSpec;
  /** For each held call that the server goes on with: send again what comes after frame `after`. Others are cancelled. */
  readonly resume: readonly { readonly call: number; readonly after: number }[];
}

/** What a worker needs to load an agent. */
export interface AgentSpec {
  readonly name: string;
  /** The agent's folder, absolute; also the working directory. */
  readonly root: string;
  readonly entrypoints: readonly EntrypointSpec[];
  /** `file.py:name`, or null. */
  readonly lifespan: string | null;
  /** Overrides the runs per process of every entrypoint. */
  readonly concurrency: number | null;
  /** Names of the environment variables that are secrets. */
  readonly secrets: readonly string[];
  readonly limits: {
    readonly event: number;
    readonly output: number;
    readonly log_line: number;
    readonly logs_per_run: number;
    readonly channel_held: number;
    readonly session_bytes: number;
  };
  /** Milliseconds from `cancel` until the process is killed. */
  readonly stop_grace_ms: number;
  readonly probe_ms: number;
  /**
   * Node: the bundle that was built from the sources, absolute; absent for Python. `files`: file → bundled module.
   * `frameworks`: the module with what adapters need of the agent's own copies of its frameworks.
   */
  readonly bundle?: { readonly files: Readonly<Record<string, string>>; readonly frameworks?: string };
  /** Node: schemas read from the TypeScript types at build, by tag. */
  readonly schemas?: Readonly<Record<string, { readonly input?: unknown; readonly output?: unknown }>>;
}

export interface EntrypointSpec {
  readonly tag: string;
  /** Relative to `root`. */
  readonly file: string;
  readonly module: string;
  /** Left out: read from the function. */
  readonly type?: EntrypointType;
  readonly input?: InputShape;
  readonly adapter?: string;
  readonly factory?: "worker" | "run";
  readonly checkpointer?: "keep";
  /** Keys of the input that are the framework's configuration. */
  readonly config_keys?: readonly string[];
  /** Where in the config it stands, for messages: `runagent.config.json:12`. */
  readonly place?: string;
}

/** `describe`, worker → server, call 0: the agent is loaded. */
export interface Description {
  readonly entrypoints: readonly EntrypointDescription[];
  /** Files of the agent's tree that it imported, absolute: what hot reload watches. */
  readonly files: readonly string[];
  /** Whether workers can be forked from this process, and if not why. Role `process`: null. */
  readonly fork: { readonly safe: true } | { readonly safe: false; readonly reason: string } | null;
  /** What was assumed, one sentence each; printed by `serve`. */
  readonly notes: readonly string[];
  readonly import_ms: number;
}

export interface EntrypointDescription {
  readonly tag: string;
  readonly type: EntrypointType;
  readonly input: InputShape;
  /** JSON Schema 2020-12 of the body that callers send. */
  readonly input_schema: unknown;
  readonly output_schema: unknown;
  readonly streams: boolean;
  /** How many runs one process takes at a time: 1 for plain functions, 10 for coroutines. */
  readonly slots: number;
  /**
   * The worker itself lets further runs of it wait, in order and with other such entrypoints, and can give back one that
   * has not begun. The end of a run has left the process before the next begins.
   */
  readonly serial?: boolean;
  /** The adapter that recognised the object, e.g. `langgraph`; `none` for plain functions. */
  readonly adapter: string;
  readonly description: string | null;
}

/** `invoke`, server → worker. `input` is the last member: the caller's own JSON text. */
export interface InvokeBody {
  readonly run_id: string;
  readonly tag: string;
  readonly attempt: number;
  /** The caller reads the events as they come (`stream=True` for methods that know it). */
  readonly stream: boolean;
  /** Frames are kept until acknowledged. */
  readonly durable: boolean;
  /** Milliseconds since the epoch. */
  readonly deadline: number;
  readonly session_id: string | null;
  /** The session's saved state, or null. */
  readonly session: unknown;
  readonly user: string | null;
  readonly traceparent: string | null;
  /** Finished steps and answered interrupts of earlier executions, in order. Left out when there are none. */
  readonly steps?: readonly { readonly name: string; readonly value: unknown }[];
  readonly answers?: readonly unknown[];
  readonly input: unknown;
}

/**
 * `event`: body `TYPE LF JSON`. A yielded item is a `chunk`; of a string the server makes the `text` event itself.
 * `result`: body `value LF JSON` (a plain value), `stream LF JSON` (a drained generator's return value) or `stream LF`
 * (a generator without one).
 * `state`: body = the session's new state as JSON; counts when the run succeeds.
 * `step`: `{name, value}` when a step has finished.
 * `interrupt`: `{interrupts: [{id, question, schema}]}`: ends the execution; the run waits.
 * `log`: a LogRecord. `host`: `{host, port}`: an outgoing connection that was seen.
 * `ack`: `{n}`: frames of the call up to n may be forgotten. `cancel`: `{by, reason}`; by `recall` it means nothing to
 * a run that has begun. `drain`, `ping`: empty; a worker
 * answers `ping` with `ping` from its event loop.
 */
export interface WorkerError {
  readonly code: ErrorCode;
  readonly detail: string;
  /** The exception's class, e.g. `ValueError`. */
  readonly type?: string;
  readonly traceback?: string;
  readonly hint?: string;
  readonly errors?: readonly PointedError[];
  /** LOAD_FAILED: files that were imported before it failed, and files that were looked for: what hot reload watches. */
  readonly files?: readonly string[];
  readonly missing?: readonly string[];
}

/** `spawn`, server → template: fork a worker under that name. It connects by itself and says hello. */
export interface SpawnBody {
  readonly worker: string;
  readonly token: string;
  /** A fresh process for one run (isolation scope `run`): ends after its first run. */
  readonly once: boolean;
}

/** `exited`, template → server: a fork has ended and was reaped. Exactly one of code and signal is set. */
export interface ExitedBody {
  readonly worker: string;
  readonly pid: number;
  readonly code: number | null;
  readonly signal: string | null;
  /** Of `serial` entrypoints: the number of the call that began last. Later ones never did. */
  readonly begun?: number;
}
