/**
 * One version's sandbox, whatever its isolation: it puts together a driver, a channel and a source of workers. Agent code
 * never runs in the server's own process (S1). Stopping is ask → wait → kill the whole group → reap (S3).
 */
import { randomBytes } from "node:crypto";
import type { AgentSpec, Description, LimitValues, LogRecord } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { Heartbeat } from "./channel/heartbeat.ts";
import { Listener } from "./channel/listener.ts";
import type { Driver } from "./driver.ts";
import { Forks } from "./forks.ts";
import type { Sandbox, Worker } from "./ports.ts";
import { Processes } from "./processes.ts";
import type { SourceOptions, WorkerSource } from "./source.ts";
import { Template } from "./template.ts";
import { within } from "./within.ts";
import type { ChannelWorker, Surroundings } from "./worker.ts";

export interface ChannelSandboxOptions {
  readonly language: "python" | "node";
  /** Paths in it are those that the agent sees. */
  readonly spec: AgentSpec;
  /** Private folder for the socket; its path is short. */
  readonly directory: string;
  /** How long processes look for a server that is gone, and durable runs wait for a channel that was cut; 0: not at all. */
  readonly orphanSeconds: number;
  readonly onHost: (host: string, port: number) => void;
  /** Logs that belong to no run. */
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
  readonly newDriver: (place: Place) => Driver;
}

/** What a driver learns of its sandbox. */
export interface Place {
  readonly name: string;
  readonly socket: string;
  /** Resolves when processes may connect. */
  readonly listening: Promise<void>;
}

export class ChannelSandbox implements Sandbox {
  readonly loaded: Promise<Description>;
  readonly #options: ChannelSandboxOptions;
  readonly #listener: Listener;
  readonly #heartbeat: Heartbeat;
  readonly #driver: Driver;
  readonly #workers = new Set<ChannelWorker>();
  readonly #stop = new AbortController();
  readonly #hurry = Promise.withResolvers<void>();
  #source: WorkerSource | null = null;
  #closed: Promise<void> | null = null;

  constructor(options: ChannelSandboxOptions) {
    const name = randomBytes(4).toString("hex");
    this.#options = options;
    this.#listener = new Listener(options.directory, name, options.limits);
    this.#heartbeat = new Heartbeat(options.limits);
    this.#driver = options.newDriver({ name, socket: this.#listener.path, listening: this.#listener.ready });
    this.loaded = this.#load(this.#sourceOptions(name));
    this.loaded.catch(() => undefined); // told to everybody who waits for it or spawns
  }

  async spawn({ once }: { readonly once: boolean }): Promise<Worker> {
    await this.loaded;
    if (this.#source === null || this.#closed !== null) {
      throw new RunAgentError("NO_CAPACITY", "The sandbox is closed.");
    }
    return this.#source.spawn({ once });
  }

  close(graceMs: number): Promise<void> {
    if (graceMs === 0) this.#hurry.resolve(); // a second call may hasten the first
    this.#closed ??= this.#end(graceMs);
    return this.#closed;
  }

  async #load(from: SourceOptions): Promise<Description> {
    await this.#listening();
    if (this.#options.language === "node") return this.#loadProcesses(from);
    const template = await Template.load(from);
    if (template.description.fork?.safe === true) {
      this.#source = new Forks(template, from);
    } else {
      this.#source = new Processes(from, { spare: false });
      await template.close();
    }
    return template.description;
  }

  async #loadProcesses(from: SourceOptions): Promise<Description> {
    const processes = new Processes(from, { spare: true });
    this.#source = processes;
    return processes.describe();
  }

  async #listening(): Promise<void> {
    try {
      await this.#listener.ready;
    } catch (cause) {
      throw new RunAgentError("INTERNAL", `The channel's socket cannot be made: ${String(cause)}`, {}, { cause });
    }
  }

  async #end(graceMs: number): Promise<void> {
    const workers = [...this.#workers];
    if (graceMs > 0) {
      for (const worker of workers) worker.drain();
      const drained = Promise.all(workers.map((worker) => worker.exited));
      await within(Promise.race([drained, this.#hurry.promise]), graceMs);
    }
    this.#stop.abort();
    this.#source?.close();
    for (const worker of this.#workers) worker.condemn();
    await this.#driver.close();
    await this.#listener.close();
    await Promise.all([...this.#workers].map((worker) => worker.exited));
    this.#heartbeat.close();
  }

  #sourceOptions(sandbox: string): SourceOptions {
    let names = 0;
    const { spec, limits, onLog, onHost, orphanSeconds } = this.#options;
    const listener = this.#listener;
    const around: Surroundings = {
      driver: this.#driver,
      heartbeat: this.#heartbeat,
      limits,
      orphanMs: orphanSeconds * 1000,
      onLog,
      onHost,
      forget: (link) => listener.forget(link),
    };
    const newName = (): string => `${sandbox}-${++names}`;
    return { agent: spec, listener, around, newName, signal: this.#stop.signal, onWorker: (one) => this.#keep(one) };
  }

  #keep(worker: ChannelWorker): void {
    this.#workers.add(worker);
    void worker.exited.then(() => this.#workers.delete(worker));
  }
}
