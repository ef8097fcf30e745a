/**
 * One version's sandbox, whatever its isolation: it puts together a driver, a channel and a source of workers. Agent code
 * never runs in the server's own process (S1). Stopping is ask → wait → kill the whole group → reap (S3).
 */
import { randomBytes } from "node:crypto";
import type { AgentSpec, Description, LimitValues, LogRecord } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { adoptWorker } from "./adoption.ts";
import { Heartbeat } from "./channel/heartbeat.ts";
import { Listener } from "./channel/listener.ts";
import type { Driver } from "./driver.ts";
import { Forks } from "./forks.ts";
import type { KeptSandbox, Ledger } from "./ledger.ts";
import { Parking } from "./parking.ts";
import type { Capabilities, Resume, Sandbox, Worker } from "./ports.ts";
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
  /** How long it stays awake without a run; null: until somebody parks it. */
  readonly parkAfterMs: number | null;
  readonly onHost: (host: string, port: number) => void;
  /** Logs that belong to no run. */
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
  readonly newDriver: (place: Place) => Driver;
  /** Where it can be left: what the next server must know. */
  readonly ledger: ((name: string) => Ledger) | null;
}

/** What a driver learns of its sandbox. */
export interface Place {
  readonly name: string;
  readonly socket: string;
  /** Resolves when processes may connect. */
  readonly listening: Promise<void>;
}

export interface Inheritance {
  readonly kept: KeptSandbox;
  readonly resume: Resume;
}

export class ChannelSandbox implements Sandbox {
  readonly loaded: Promise<Description>;
  readonly can: Capabilities;
  readonly #options: ChannelSandboxOptions;
  readonly #listener: Listener;
  readonly #heartbeat: Heartbeat;
  readonly #driver: Driver;
  readonly #parking: Parking;
  readonly #ledger: Ledger | null;
  readonly #workers = new Set<ChannelWorker>();
  /** Adopted, and nobody has taken them yet. */
  readonly #adopted: ChannelWorker[] = [];
  readonly #stop = new AbortController();
  readonly #hurry = Promise.withResolvers<void>();
  #source: WorkerSource | null = null;
  #closed: Promise<void> | null = null;

  /** `inheritance`: what an earlier server started. */
  constructor(options: ChannelSandboxOptions, inheritance: Inheritance | null = null) {
    const name = inheritance?.kept.name ?? randomBytes(4).toString("hex");
    this.#options = options;
    this.#listener = new Listener(options.directory, name, options.limits);
    this.#heartbeat = new Heartbeat(options.limits);
    this.#driver = options.newDriver({ name, socket: this.#listener.path, listening: this.#listener.ready });
    this.can = this.#driver.can;
    this.#ledger = options.ledger?.(name) ?? null;
    this.#parking = new Parking({
      ...{ driver: this.#driver, heartbeat: this.#heartbeat, idleMs: options.parkAfterMs },
      isBusy: () => this.#source === null || [...this.#workers].some((worker) => worker.busy),
    });
    const from = this.#sourceOptions(inheritance === null ? name : `${name}-${randomBytes(3).toString("hex")}`);
    this.loaded = inheritance === null ? this.#load(from) : this.#adopt(inheritance, from);
    this.loaded.catch(() => undefined); // told to everybody who waits for it or spawns
  }

  async spawn({ once }: { readonly once: boolean }): Promise<Worker> {
    await this.loaded;
    if (this.#source === null || this.#closed !== null) {
      throw new RunAgentError("NO_CAPACITY", "The sandbox is closed.");
    }
    this.#parking.stir();
    return this.#taken(once) ?? this.#source.spawn({ once });
  }

  park(): Promise<boolean> {
    return this.#parking.park();
  }

  wake(): void {
    this.#parking.stir();
  }

  leave(): Promise<void> {
    this.#closed ??= this.can.leave && this.#source !== null ? this.#letGo() : this.#end(0);
    return this.#closed;
  }

  close(graceMs: number): Promise<void> {
    if (graceMs === 0) this.#hurry.resolve(); // a second call may hasten the first
    this.#closed ??= this.#end(graceMs);
    return this.#closed;
  }

  async #load(from: SourceOptions): Promise<Description> {
    await this.#listening();
    const description = await this.#loadSource(from);
    this.#ledger?.loaded(description);
    return description;
  }

  async #loadSource(from: SourceOptions): Promise<Description> {
    if (this.#options.language === "node") return this.#loadProcesses(from);
    const template = await Template.load(from);
    if (template.description.fork?.safe === true) {
      this.#source = new Forks(template, from, false);
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

  /** With the processes that are there. Whoever was not back by then is gone, and its runs are lost. */
  async #adopt({ kept, resume }: Inheritance, from: SourceOptions): Promise<Description> {
    await this.#listening();
    this.#driver.wake(); // it may have been left while it stood still
    const { description } = kept;
    const row = kept.processes.find(({ role }) => role === "template");
    const template = row === undefined ? null : await Template.adopt(row, description, from);
    const rows = kept.processes.filter(({ role }) => role !== "template");
    const adoption = { options: from, resume, template };
    const workers = (await Promise.all(rows.map((one) => adoptWorker(one, adoption)))).filter((one) => one !== null);
    for (const worker of workers) {
      // It has its run, or is for one that nobody knows any more: nobody here is given it.
      if (worker.busy || worker.row.once) worker.drain();
      else this.#adopted.push(worker);
    }
    this.#source = template === null ? this.#newSource(description, from) : new Forks(template, from, true);
    return description;
  }

  #newSource(description: Description, from: SourceOptions): WorkerSource {
    if (description.fork?.safe === true) return new Forks(null, from, true);
    return new Processes(from, { spare: this.#options.language === "node" });
  }

  #taken(once: boolean): ChannelWorker | null {
    if (once) return null;
    for (let one = this.#adopted.pop(); one !== undefined; one = this.#adopted.pop()) if (one.alive) return one;
    return null;
  }

  async #listening(): Promise<void> {
    try {
      await this.#listener.ready;
    } catch (cause) {
      throw new RunAgentError("INTERNAL", `The channel's socket cannot be made: ${String(cause)}`, {}, { cause });
    }
  }

  async #letGo(): Promise<void> {
    this.#parking.close();
    this.#source?.leave();
    for (const worker of this.#workers) worker.leave();
    await this.#listener.close();
    this.#driver.leave();
    this.#heartbeat.close();
  }

  async #end(graceMs: number): Promise<void> {
    this.#parking.close();
    this.#parking.stir();
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

  #sourceOptions(prefix: string): SourceOptions {
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
      stir: this.#parking.stir,
      forget: (link) => listener.forget(link),
    };
    return {
      ...{ agent: spec, listener, around, signal: this.#stop.signal },
      newName: () => `${prefix}-${++names}`,
      onWorker: (one) => this.#keep(one),
      onTemplate: (row) => this.#ledger?.began(row),
      onEnded: (name) => this.#ledger?.ended(name),
    };
  }

  #keep(worker: ChannelWorker): void {
    this.#workers.add(worker);
    this.#ledger?.began(worker.row);
    void worker.exited.then(() => {
      this.#workers.delete(worker);
      this.#ledger?.ended(worker.id);
    });
  }
}
