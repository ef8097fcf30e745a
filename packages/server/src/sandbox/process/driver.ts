/**
 * The isolation `process`: plain processes of our own user, each in a session of its own. It does not confine them; it ends
 * them, whole (S3), and outlives nothing: when this server is killed its watchdog ends them.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import type { LimitValues, LogRecord } from "@runagent/protocol";
import type { Driver, Launched, LaunchOrder, ProcessExit } from "../driver.ts";
import { killFamilies, killMarked, signal } from "./kill.ts";
import { MemoryWatch } from "./memory.ts";
import { Output } from "./output.ts";
import { MARK } from "./table.ts";
import { unwatched, type Watch, watchOver } from "./watchdog.ts";

export interface ProcessDriverOptions {
  readonly sandbox: string;
  readonly command: readonly [string, ...string[]];
  /** The whole environment of the agent (S2). */
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly socket: string;
  readonly orphanSeconds: number;
  readonly onLog: (record: LogRecord) => void;
  readonly limits: LimitValues;
}

export class ProcessDriver implements Driver {
  readonly #options: ProcessDriverOptions;
  readonly #watch: Watch;
  readonly #memory = new MemoryWatch();
  readonly #children = new Set<ChildProcess>();
  #closed: Promise<void> | null = null;

  constructor(options: ProcessDriverOptions) {
    this.#options = options;
    this.#watch = options.orphanSeconds > 0 ? unwatched() : watchOver();
  }

  launch(order: LaunchOrder): Launched {
    const { command, cwd, limits, onLog } = this.#options;
    const [program, ...args] = command;
    const exit = Promise.withResolvers<ProcessExit>();
    const output = new Output({ onLog, maxLine: limits.log_line, maxTail: limits.last_output });
    const child = spawn(program, args, {
      cwd,
      env: this.#environment(order),
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    this.#children.add(child);
    output.read(child.stdout, "stdout");
    output.read(child.stderr, "stderr");
    child.once("error", (cause) => {
      const error = existsSync(cwd) ? cause : new Error(`the folder ${cwd} is not there`, { cause });
      exit.resolve({ code: null, signal: null, error });
    });
    child.once("exit", (code, signal) => exit.resolve({ code, signal, error: null }));
    child.once("close", () => this.#children.delete(child));
    return { pid: Promise.resolve(child.pid ?? null), exited: exit.promise, lastOutput: () => output.tail };
  }

  readonly can = { park: false, leave: false };

  /** Nobody tells: that it is gone is seen. */
  exitOf(): Promise<ProcessExit> {
    return new Promise(() => undefined);
  }

  park(): Promise<boolean> {
    return Promise.resolve(false);
  }

  wake(): void {
    // it is never parked
  }

  leave(): void {
    // it is never left
  }

  hostPid(said: number): number {
    return said;
  }

  async kill(pid: number, worker: string): Promise<void> {
    await killFamilies([pid], this.#options.limits.kill_time);
    await killMarked(this.#mark(worker), this.#options.limits.kill_time);
  }

  clear(pid: number): void {
    signal(-pid, "SIGKILL");
  }

  outOfMemory(): ReturnType<Driver["outOfMemory"]> {
    return this.#memory.look();
  }

  killsLately(): number {
    return 0; // only the machine's are counted, and those may be anybody's
  }

  killedSince(): null {
    return null;
  }

  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const running = [...this.#children].filter((child) => child.exitCode === null && child.signalCode === null);
    const pids = running.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
    const { kill_time } = this.#options.limits;
    if (pids.length > 0) await killFamilies(pids, kill_time);
    await killMarked(this.#mark(""), kill_time);
    for (const child of this.#children) {
      child.stdout?.destroy();
      child.stderr?.destroy();
    }
    this.#watch.close();
  }

  /** `OWNER.SANDBOX.WORKER.`: each beginning of it names everything below. */
  #mark(worker: string): string {
    return `${this.#watch.owner}.${this.#options.sandbox}.${worker === "" ? "" : `${worker}.`}`;
  }

  #environment({ role, worker, token }: LaunchOrder): Record<string, string> {
    const { env, socket, orphanSeconds } = this.#options;
    return {
      ...env,
      [MARK]: this.#mark(worker),
      RUNAGENT_SOCKET: socket,
      RUNAGENT_ROLE: role,
      RUNAGENT_WORKER: worker,
      RUNAGENT_TOKEN: token,
      RUNAGENT_ORPHAN_SECONDS: String(orphanSeconds),
    };
  }
}

/** How the worker of a language is called. */
export function workerCommand(of: {
  readonly language: "python" | "node";
  readonly interpreter: string;
  readonly workerFile: string;
  readonly nodeArgs: readonly string[];
}): readonly [string, ...string[]] {
  if (of.language === "node") return [of.interpreter, ...of.nodeArgs, of.workerFile];
  return [of.interpreter, "-B", of.workerFile];
}
