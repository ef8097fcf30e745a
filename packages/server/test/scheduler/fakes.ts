/** The scheduler's own port `Sandbox`, played by the test, and time that it drives. No part of ours is replaced. */
import type {
  AgentConfig,
  EntrypointConfig,
  EntrypointDescription,
  LimitValues,
  LogRecord,
  RunRequest,
} from "@runagent/protocol";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { createMemoryStore } from "../../src/engine/index.ts";
import type {
  Clock,
  EndedRun,
  Execution,
  Invocation,
  RunObserver,
  RunSink,
  Sandbox,
  VersionSource,
  Worker,
  WorkerExit,
  WorkerOutcome,
} from "../../src/scheduler/ports.ts";
import { createScheduler, type Scheduler } from "../../src/scheduler/scheduler.ts";
import { ManualClock, settled } from "../manual-clock.ts";

export { settled };

export class FakeCall implements Execution {
  readonly invocation: Invocation;
  readonly sink: RunSink;
  readonly cancels: string[] = [];
  acked = 0;
  ended = false;
  #frames = 0;
  readonly #left: () => void;

  constructor(invocation: Invocation, sink: RunSink, left: () => void) {
    this.invocation = invocation;
    this.sink = sink;
    this.#left = left;
  }

  cancel(by: string): void {
    this.cancels.push(by);
  }

  ack(n: number): void {
    this.acked = n;
  }

  emit(type: Parameters<RunSink["event"]>[0], data: string): void {
    this.#frames += 1;
    if (!this.ended) this.sink.event(type, data, this.#frames);
  }

  end(outcome: WorkerOutcome): void {
    if (this.ended) return;
    this.ended = true;
    this.#left();
    this.sink.end(outcome);
  }

  /** As a worker ends a run that had not begun. */
  giveBack(): void {
    this.end({ kind: "error", error: { code: "RUN_CANCELLED", detail: "it had not begun" } });
  }

  value(output: string): void {
    this.end({ kind: "value", output });
  }
}

export class FakeWorker implements Worker {
  readonly id: string;
  readonly pid: number;
  readonly once: boolean;
  readonly calls: FakeCall[] = [];
  readonly #exit = Promise.withResolvers<WorkerExit>();
  readonly exited = this.#exit.promise;
  readonly #listeners: ((responsive: boolean) => void)[] = [];
  responsive = true;
  hangs = false;
  drained = false;
  killed = false;
  #dead = false;

  constructor(number: number, once: boolean) {
    this.id = `w${number}`;
    this.pid = number;
    this.once = once;
  }

  readonly onResponsive = (listener: (responsive: boolean) => void): void => {
    this.#listeners.push(listener);
  };

  answers(responsive: boolean): void {
    this.responsive = responsive;
    this.hangs = !responsive;
    for (const listener of this.#listeners) listener(responsive);
  }

  invoke(invocation: Invocation, sink: RunSink): Execution {
    const call: FakeCall = new FakeCall(invocation, sink, () => this.calls.splice(this.calls.indexOf(call), 1));
    this.calls.push(call);
    if (this.#dead) queueMicrotask(() => call.end({ kind: "lost", exit: exitOf({}) }));
    return call;
  }

  drain(): void {
    this.drained = true;
    if (this.calls.length === 0) this.die(exitOf({ code: 0 }));
  }

  async kill(): Promise<WorkerExit> {
    this.killed = true;
    this.die(exitOf({ signal: "SIGKILL", killedByUs: true }));
    return this.exited;
  }

  /** Its runs are told before. */
  die(exit: WorkerExit, complete = true): void {
    this.#dead = true;
    for (const call of [...this.calls]) call.end({ kind: "lost", exit, complete });
    this.#exit.resolve(exit);
  }

  /** It dies and nobody has noticed yet. */
  dieUnnoticed(): void {
    this.#dead = true;
  }
}

export function exitOf(known: Partial<WorkerExit>): WorkerExit {
  return { code: null, signal: null, killedByUs: false, outOfMemory: null, ...known };
}

export class FakeSandbox implements Sandbox {
  readonly loaded = Promise.resolve({ entrypoints: [], files: [], fork: null, notes: [], import_ms: 0 });
  readonly workers: FakeWorker[] = [];
  /** What the next spawns reject with. */
  fault: Error | null = null;
  closed = false;

  async spawn({ once }: { readonly once: boolean }): Promise<FakeWorker> {
    if (this.fault !== null) throw this.fault;
    const worker = new FakeWorker(this.workers.length + 1, once);
    this.workers.push(worker);
    return worker;
  }

  async close(): Promise<void> {
    this.closed = true;
    for (const worker of this.workers) worker.die(exitOf({ signal: "SIGKILL", killedByUs: true }));
  }

  get calls(): FakeCall[] {
    return this.workers.flatMap((worker) => worker.calls);
  }

  /** The call of the worker that holds it; fails the test when there is none. */
  call(index = 0): FakeCall {
    const call = this.calls[index];
    if (call === undefined) throw new Error(`there are ${this.calls.length} calls at the workers`);
    return call;
  }

  worker(index = 0): FakeWorker {
    const worker = this.workers[index];
    if (worker === undefined) throw new Error(`there are ${this.workers.length} workers`);
    return worker;
  }
}

export interface World {
  readonly clock: ManualClock;
  readonly sandbox: FakeSandbox;
  readonly scheduler: Scheduler;
  readonly ended: EndedRun[];
  readonly lines: LogRecord[];
}

export interface WorldOptions {
  readonly slots?: number;
  /** A plain function, whose worker lets runs wait. */
  readonly serial?: boolean;
  readonly limits?: Partial<LimitValues>;
  readonly config?: Partial<AgentConfig>;
  readonly resources?: Partial<AgentConfig["resources"]>;
  readonly entrypoint?: Partial<EntrypointConfig>;
  readonly secrets?: readonly string[];
}

/** A scheduler with one version `v1` of the agent `a`, whose entrypoint is `main`; its first worker is there. */
export async function world(options: WorldOptions = {}): Promise<World> {
  const clock = new ManualClock();
  const sandbox = new FakeSandbox();
  const ended: EndedRun[] = [];
  const lines: LogRecord[] = [];
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const observer: RunObserver = {
    admitted: () => {},
    ended: (run) => ended.push(run),
    log: (_run, record) => lines.push(record),
    started: () => {},
  };
  const store = createMemoryStore({ limits, clock });
  const scheduler = createScheduler({ store, clock, observer, limits });
  scheduler.addVersion(source(sandbox, options));
  await settled();
  return { clock, sandbox, scheduler, ended, lines };
}

export function source(sandbox: Sandbox, options: WorldOptions = {}, version = "v1"): VersionSource {
  const entrypoint: EntrypointDescription = {
    tag: "main",
    type: "generic",
    input: "object",
    input_schema: {},
    output_schema: {},
    streams: false,
    slots: options.slots ?? 1,
    ...(options.serial === true ? { serial: true } : {}),
    adapter: "none",
    description: null,
  };
  const description = { entrypoints: [entrypoint], files: [], fork: null, notes: [], import_ms: 0 };
  return { agent: "a", version, config: config(options), description, sandbox, secrets: options.secrets ?? [] };
}

function config(options: WorldOptions): AgentConfig {
  return {
    title: "a",
    name: "a",
    description: null,
    framework: null,
    version: null,
    entrypoints: [{ ...ENTRYPOINT, ...options.entrypoint }],
    envVars: {},
    secrets: [],
    resources: { ...RESOURCES, ...options.resources },
    runtime: { python: null, node: null, image: null, packages: [] },
    network: { egress: [] },
    build: { root: null, include: [], secrets: [] },
    isolation: { scope: "agent", require: null },
    lifespan: null,
    persistentFolders: [],
    session: { onBusy: "enqueue", ttlMs: null },
    healthcheck: null,
    ...options.config,
  };
}

const ENTRYPOINT: EntrypointConfig = {
  tag: "main",
  file: "agent.py",
  module: "main",
  type: null,
  input: null,
  delivery: null,
  idempotent: false,
  retry: null,
  adapter: null,
  factory: "worker",
  checkpointer: null,
  configKeys: [],
  redact: true,
  place: "runagent.config.json:1",
};

const RESOURCES: AgentConfig["resources"] = {
  memory: null,
  cpu: null,
  timeoutMs: 300_000,
  concurrency: null,
  minInstances: 0,
  maxInstances: 4,
  idleTimeoutMs: 60_000,
  disk: null,
};

export function request(clock: Clock, changes: Partial<RunRequest> = {}): RunRequest {
  return {
    caller: null,
    agent: "a",
    version: "v1",
    tag: "main",
    admittedAt: clock.now(),
    input: "{}",
    session: null,
    user: null,
    timeoutMs: null,
    durable: false,
    background: false,
    stream: false,
    idempotency: null,
    metadata: "{}",
    traceparent: null,
    ...changes,
  };
}
