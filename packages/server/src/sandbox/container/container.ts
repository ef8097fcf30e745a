/**
 * One container: created, asked to start processes, deleted. Its first process (`init.ts`) listens to a pipe that only we
 * hold, and every other one is in its pid namespace: when we are gone, so is everything in it, whatever it does.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";
import { signal } from "../process/kill.ts";
import type { Cgroup } from "./cgroup.ts";
import { type Begun, launchScript, Reports } from "./init.ts";
import { type Lifeline, makeLifeline } from "./lifeline.ts";
import { type ContainerPlan, ociConfig } from "./oci-config.ts";
import { argumentsOf, callRuntime, type Runtime, runtimeFailure } from "./runtime.ts";

export interface ContainerOrder {
  readonly runtime: Runtime;
  readonly id: string;
  /** Private; for what the runtime reads and writes. */
  readonly directory: string;
  /** The container sees it, and cannot write there: scripts of what it starts. */
  readonly scripts: string;
  readonly plan: ContainerPlan;
  readonly cgroup: Cgroup;
  /** How long its end is waited for. */
  readonly killMs: number;
  /** What its processes write beside the channel. */
  readonly onOutput: (from: Readable, stream: "stdout" | "stderr") => void;
}

const POLL_MS = 5;

export class Container {
  readonly #order: ContainerOrder;
  readonly #lifeline: Lifeline;
  readonly #reports: Reports;
  #closed: Promise<void> | null = null;

  /** Rejects with NO_CAPACITY. */
  static async start(order: ContainerOrder): Promise<Container> {
    const { runtime, id, directory, plan, onOutput } = order;
    writeFileSync(join(directory, "config.json"), JSON.stringify(ociConfig(plan)));
    const lifeline = await makeLifeline(join(directory, "lifeline"));
    const log = join(directory, "runtime.log");
    const words = ["--log", log, "create", "--bundle", directory, "--preserve-fds", "1"];
    // The first process keeps the descriptors that `create` was given, and outlives it.
    const created = spawn(
      runtime.program,
      argumentsOf(runtime, ...words, "--pid-file", join(directory, "init.pid"), id),
      { stdio: [lifeline.readEnd, "pipe", "pipe", "pipe"], detached: true },
    );
    lifeline.handed();
    if (created.stdout !== null) onOutput(created.stdout, "stdout");
    if (created.stderr !== null) onOutput(created.stderr, "stderr");
    const told = created.stdio[3];
    const container = new Container(order, lifeline, new Reports(told instanceof Readable ? told : Readable.from([])));
    const [code] = await once(created, "exit");
    if (code !== 0) {
      lifeline.close();
      throw runtimeFailure(textOf(log));
    }
    await callRuntime(runtime, "start", id);
    return container;
  }

  private constructor(order: ContainerOrder, lifeline: Lifeline, reports: Reports) {
    this.#order = order;
    this.#lifeline = lifeline;
    this.#reports = reports;
  }

  /** `name`: never used before, of letters, digits and dashes. */
  launch(name: string, argv: readonly string[], env: Readonly<Record<string, string>>): Begun {
    const { scripts, plan } = this.#order;
    const begun = this.#reports.expect(name);
    const script = join(scripts, name);
    writeFileSync(script, launchScript(name, argv, env), { mode: 0o400 }); // it has a token
    chownSync(script, plan.uid, plan.uid);
    this.#lifeline.write(`${name}\n`);
    void begun.pid.then(() => rmSync(script, { force: true })); // nobody in there reads the token again
    return begun;
  }

  /** Kills everything in it and deletes it. May be called twice. */
  close(): Promise<void> {
    this.#closed ??= this.#end();
    return this.#closed;
  }

  async #end(): Promise<void> {
    const { runtime, id, directory } = this.#order;
    // With the first process of a pid namespace the kernel ends all others.
    signal(Number(textOf(join(directory, "init.pid"))), "SIGKILL");
    await isEmpty(this.#order);
    // With force it would wait until the machine's init has reaped what is dead already.
    await callRuntime(runtime, "delete", id).catch(() => callRuntime(runtime, "delete", "--force", id));
    this.#lifeline.close();
  }
}

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
