/** What the tests of sandboxes share: a started sandbox with its logs, and runs as promises. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type AgentSpec, DEFAULT_LIMITS, type LimitValues, type LogRecord } from "@runagent/protocol";
import {
  type Execution,
  type Invocation,
  type RunSink,
  type Sandbox,
  startProcessSandbox,
  type Worker,
  type WorkerOutcome,
} from "../../src/sandbox/index.ts";

export interface Ran {
  readonly execution: Execution;
  readonly events: readonly { readonly type: string; readonly data: string; readonly frame: number }[];
  readonly logs: readonly LogRecord[];
  readonly ended: Promise<WorkerOutcome>;
  /** How often `end` was called. */
  readonly ends: () => number;
  /** Resolves when that many events are there. */
  readonly event: (n: number) => Promise<void>;
}

/** Starts a run and collects what comes back. */
export function run(worker: Worker, tag: string, input: object = {}, more: Partial<Invocation> = {}): Ran {
  const { sink, ...collected } = collector();
  const execution = worker.invoke(invocation(tag, JSON.stringify(input), more), sink);
  return { execution, ...collected };
}

export function collector(): Omit<Ran, "execution"> & { readonly sink: RunSink } {
  const events: { type: string; data: string; frame: number }[] = [];
  const logs: LogRecord[] = [];
  const ended = Promise.withResolvers<WorkerOutcome>();
  const waiting: { readonly n: number; readonly resolve: () => void }[] = [];
  let ends = 0;
  const sink: RunSink = {
    event: (type, data, frame) => {
      events.push({ type, data, frame });
      for (const one of waiting) if (events.length >= one.n) one.resolve();
    },
    log: (record) => void logs.push(record),
    state: () => undefined,
    step: () => undefined,
    end: (outcome) => {
      ends += 1;
      ended.resolve(outcome);
    },
  };
  const event = (n: number): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    waiting.push({ n, resolve });
    if (events.length >= n) resolve();
    return promise;
  };
  return { sink, events, logs, ended: ended.promise, ends: () => ends, event };
}

export function invocation(tag: string, input: string, more: Partial<Invocation> = {}): Invocation {
  return {
    runId: `run_${tag}`,
    tag,
    attempt: 1,
    stream: false,
    durable: false,
    deadlineMs: Date.now() + 60_000,
    sessionId: null,
    session: null,
    user: null,
    traceparent: null,
    steps: [],
    answers: [],
    input,
    ...more,
  };
}

export interface Started {
  readonly sandbox: Sandbox;
  readonly logs: LogRecord[];
  readonly hosts: string[];
  close(): Promise<void>;
}

export interface StartOptions {
  readonly language: "python" | "node";
  readonly workerFile: string;
  readonly root: string;
  readonly file: string;
  readonly tags: readonly string[];
  readonly interpreter?: string;
  readonly limits?: Partial<LimitValues>;
  readonly env?: Readonly<Record<string, string>>;
}

export const fixture = (name: string): string => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

export function start(options: StartOptions): Started {
  const directory = mkdtempSync(join(tmpdir(), "ra-"));
  const limits: LimitValues = { ...DEFAULT_LIMITS, ...options.limits };
  const logs: LogRecord[] = [];
  const hosts: string[] = [];
  const sandbox = startProcessSandbox({
    language: options.language,
    interpreter: options.interpreter ?? (options.language === "node" ? process.execPath : pythonPath()),
    workerFile: options.workerFile,
    spec: agentSpec(options, limits),
    env: { PATH: process.env.PATH ?? "", ...options.env },
    directory,
    onHost: (host) => void hosts.push(host),
    onLog: (record) => void logs.push(record),
    limits,
  });
  const close = async (): Promise<void> => {
    await sandbox.close(0);
    rmSync(directory, { recursive: true, force: true });
  };
  return { sandbox, logs, hosts, close };
}

export function agentSpec({ root, file, tags, language }: StartOptions, limits: LimitValues): AgentSpec {
  return {
    name: "agent",
    root,
    entrypoints: tags.map((tag) => ({ tag, file, module: tag })),
    lifespan: null,
    concurrency: null,
    secrets: [],
    limits: {
      event: limits.event,
      output: limits.output,
      log_line: limits.log_line,
      logs_per_run: limits.logs_per_run,
      channel_held: limits.channel_held,
      session_bytes: limits.session_bytes,
    },
    stop_grace_ms: limits.stop_grace,
    probe_ms: limits.probe_time,
    ...(language === "node" ? { bundle: { files: { [file]: join(root, file) } } } : {}),
  };
}

/** The real Python behind the one on the PATH, which may be a shim that adds variables of its own. */
export function pythonPath(): string {
  return execFileSync("python3", ["-c", "import sys; print(sys.executable)"], { encoding: "utf8" }).trim();
}
