/**
 * One container: created, asked to start processes, deleted. Its first process (`init.ts`) listens to a pipe that only we
 * hold, and every other one is in its pid namespace: when it ends, so does everything in it, whatever it does. It ends with us,
 * or, detached, when no server has prolonged its lease for long.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { signal } from "../process/kill.ts";
import type { Cgroup } from "./cgroup.ts";
import type { Freezer } from "./freezer.ts";
import { type Begun, launchScript, Reports } from "./init.ts";
import { type ContainerPlan, ociConfig } from "./oci-config.ts";
import { makePipes, openPipes, type Pipes } from "./pipes.ts";
import { argumentsOf, callRuntime, type Runtime, runtimeFailure } from "./runtime.ts";

export interface ContainerOrder {
  readonly runtime: Runtime;
  readonly id: string;
  /** Private; for what the runtime reads and writes. */
  readonly directory: string;
  /** The container sees it, and cannot write there: scripts of what it starts. */
  readonly scripts: string;
  readonly uid: number;
  readonly cgroup: Cgroup;
  readonly freezer: Freezer;
  /** How long it goes on when nobody holds it; 0: it ends with us. */
  readonly orphanMs: number;
  /** How long its end is waited for. */
  readonly killMs: number;
  /** What its processes write beside the channel. */
  readonly onOutput: (from: Readable, stream: "stdout" | "stderr") => void;
}

const POLL_MS = 5;
/** Its lease is prolonged so many times before it would run out. */
const PROLONGED = 4;

export class Container {
  readonly #order: ContainerOrder;
  readonly #pipes: Pipes;
  readonly #reports: Reports;
  readonly #lease: NodeJS.Timeout | null;
  #closed: Promise<void> | null = null;

  /** Rejects with NO_CAPACITY. */
  static async start(order: ContainerOrder, plan: ContainerPlan): Promise<Container> {
    const { runtime, id, directory } = order;
    writeFileSync(join(directory, "config.json"), JSON.stringify(ociConfig(plan)));
    const pipes = await makePipes(directory, order.orphanMs > 0);
    const log = join(directory, "runtime.log");
    const words = ["--log", log, "create", "--bundle", directory, "--preserve-fds", "1"];
    // The first process keeps the descriptors that `create` was given, and outlives it.
    const created = spawn(
      runtime.program,
      argumentsOf(runtime, ...words, "--pid-file", join(directory, "init.pid"), id),
      { stdio: [...pipes.childEnds], detached: true },
    );
    const container = new Container(order, pipes);
    const [code] = await once(created, "exit");
    pipes.handed();
    if (code !== 0) {
      container.leave();
      throw runtimeFailure(textOf(log));
    }
    await callRuntime(runtime, "start", id);
    return container;
  }

  /** One that an earlier server started. Throws when it has ended. */
  static adopt(order: ContainerOrder): Container {
    return new Container(order, openPipes(order.directory));
  }

  private constructor(order: ContainerOrder, pipes: Pipes) {
    this.#order = order;
    this.#pipes = pipes;
    this.#reports = new Reports(pipes.reports);
    order.onOutput(pipes.stdout, "stdout");
    order.onOutput(pipes.stderr, "stderr");
    this.#lease = order.orphanMs > 0 ? setInterval(() => this.#prolong(), order.orphanMs / PROLONGED).unref() : null;
    if (this.#lease !== null) this.#prolong();
  }

  /** `name`: never used before, of letters, digits and dashes. */
  launch(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): Begun {
    const { scripts, uid } = this.#order;
    const begun = this.#reports.expect(name);
    const script = join(scripts, name);
    writeFileSync(script, launchScript(name, argv, env), { mode: 0o400 }); // it has a token
    chownSync(script, uid, uid);
    this.#pipes.write(`${name}\n`);
    void begun.pid.then(() => rmSync(script, { force: true })); // nobody in there reads the token again
    return begun;
  }

  /** How a process ends that an earlier server launched. */
  expect(name: string): Begun {
    return this.#reports.expect(name);
  }

  /** Whether everything in it but its first process stands still now. */
  park(limitMs: number): Promise<boolean> {
    const { cgroup, freezer, directory } = this.#order;
    const init = initPid(directory);
    return freezer.freeze(() => cgroup.processes().filter((pid) => pid !== init), limitMs);
  }

  /** Lets go of it without ending it. */
  leave(): void {
    if (this.#lease !== null) clearInterval(this.#lease);
    this.#pipes.close();
  }

  /** Kills everything in it and deletes it. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  #prolong(): void {
    this.#pipes.write("\n");
  }

  async #end(): Promise<void> {
    const { runtime, id, directory, freezer } = this.#order;
    // With the first process of a pid namespace the kernel ends all others.
    signal(initPid(directory), "SIGKILL");
    freezer.thaw();
    await isEmpty(this.#order);
    // With force it would wait until the machine's init has reaped what is dead already.
    await callRuntime(runtime, "delete", id).catch(() => callRuntime(runtime, "delete", "--force", id));
    freezer.remove();
    this.leave();
  }
}

export const initPid = (directory: string): number => Number(textOf(join(directory, "init.pid")));

async function isEmpty({ cgroup, killMs }: ContainerOrder): Promise<void> {
  const end = performance.now() + killMs;
  while (cgroup.processes().length > 0 && performance.now() < end) await pause(POLL_MS);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return ""; // it never came so far
  }
}
