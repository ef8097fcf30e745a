/**
 * A process that has imported the agent and forks workers when told to. It reaps its forks and tells how they ended; when
 * it is gone itself, nobody knows that any more.
 */
import { type Description, type Frame, RunAgentError } from "@runagent/protocol";
import { readExited, readHost, readLog } from "./channel/bodies.ts";
import { Link, type Receiver } from "./channel/link.ts";
import type { ProcessExit } from "./driver.ts";
import { foreign } from "./foreign.ts";
import type { KeptProcess } from "./ledger.ts";
import { type Loaded, load, newToken } from "./loading.ts";
import type { SourceOptions } from "./source.ts";
import { within } from "./within.ts";
import { ChannelWorker } from "./worker.ts";

interface Fork {
  readonly exit: PromiseWithResolvers<ProcessExit>;
  readonly untold: PromiseWithResolvers<null>;
}

export class Template implements Receiver {
  readonly description: Description;
  readonly pid: number;
  readonly #options: SourceOptions;
  readonly #link: Link;
  readonly #forks = new Map<string, Fork>();
  #gone = false;

  static async load(options: SourceOptions): Promise<Template> {
    const { agent, signal, around, listener } = options;
    const order = { role: "template", name: options.newName(), agent, signal } as const;
    return new Template(await load({ ...order, expect: (link) => listener.expect(link) }, around), options);
  }

  /** One that an earlier server loaded. Null: it did not come back, and is no more. */
  static async adopt(kept: KeptProcess, description: Description, options: SourceOptions): Promise<Template | null> {
    const { around, listener } = options;
    const { driver, limits } = around;
    const link = new Link({ name: kept.name, token: kept.token, agent: null, known: true });
    const process = foreign(kept.pid, driver.exitOf(kept.name), limits.exit_news);
    listener.expect(link);
    const back = link.greeted.then(() => true);
    const came = await within(Promise.race([back, process.exited.then(() => false)]), limits.adoption_time);
    if (came === true) return new Template({ link, process, description }, options);
    around.forget(link);
    await driver.kill(kept.pid, kept.name);
    return null;
  }

  private constructor({ link, process, description }: Loaded, options: SourceOptions) {
    this.description = description;
    this.pid = process.pid;
    this.#options = options;
    this.#link = link;
    link.listen(this);
    options.onTemplate(this.row);
    void process.exited.then(() => this.#end());
    if (!link.up) this.down();
  }

  get row(): KeptProcess {
    return { name: this.#link.name, role: "template", token: this.#link.token, pid: this.pid, once: false };
  }

  /** How a worker ends that it forked for an earlier server. */
  exitOf(worker: string): Promise<ProcessExit> {
    const fork = { exit: Promise.withResolvers<ProcessExit>(), untold: Promise.withResolvers<null>() };
    this.#forks.set(worker, fork);
    return fork.exit.promise;
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** A worker that is connected. Rejects with NO_CAPACITY when the machine gives no process, or the template went meanwhile. */
  async fork(once: boolean): Promise<ChannelWorker> {
    const { around, newName } = this.#options;
    const link = new Link({ name: newName(), token: newToken(), agent: null });
    const { exit, untold } = this.#expectFork(link);
    this.#link.send("spawn", 0, JSON.stringify({ worker: link.name, token: link.token, once }));
    // A fork of a template that is gone says hello soon, or never began.
    const orphan = untold.promise.then(() => within(link.greeted, around.limits.exit_news));
    const first = await within(Promise.race([link.greeted, exit.promise, orphan]), around.limits.fork_time);
    if (first === null || !("pid" in first)) {
      this.#forks.delete(link.name);
      around.forget(link);
      throw new RunAgentError("NO_CAPACITY", "No worker could be forked: its process did not begin.");
    }
    const pid = around.driver.hostPid(first.pid);
    if (pid === null) {
      this.#forks.delete(link.name);
      around.forget(link);
      throw new RunAgentError("NO_CAPACITY", `A worker says that it is ${first.pid}, and it is not.`);
    }
    // Who may wait long for it to come back sees for itself that it is gone, also when the template is.
    const seen = around.orphanMs > 0 ? foreign(pid, exit.promise, around.limits.exit_news).exited : exit.promise;
    const worker = new ChannelWorker(link, { pid, exited: seen, untold: untold.promise }, around);
    if (once) worker.endAfterOneRun();
    this.#options.onWorker(worker);
    return worker;
  }

  /** Ends the template; its forks go on. */
  async close(): Promise<void> {
    this.#end();
    await this.#options.around.driver.kill(this.pid, this.#link.name);
  }

  frame(frame: Frame): void {
    const { onLog, onHost } = this.#options.around;
    if (frame.kind === "exited") {
      const { worker, pid: _, ...how } = readExited(frame.body);
      this.#forks.get(worker)?.exit.resolve({ ...how, error: null });
      this.#forks.delete(worker);
    } else if (frame.kind === "log") onLog(readLog(frame.body));
    else if (frame.kind === "host") {
      const { host, port } = readHost(frame.body);
      onHost(host, port);
    }
  }

  /** It does not come back to a server that runs: a new one is started when a worker is needed. */
  down(): void {
    this.#end();
  }

  /** Lets go of it without ending it. */
  leave(): void {
    this.#gone = true;
    this.#options.around.forget(this.#link);
  }

  resume(): readonly [] {
    return [];
  }

  #expectFork(link: Link): Fork {
    const fork = { exit: Promise.withResolvers<ProcessExit>(), untold: Promise.withResolvers<null>() };
    if (this.#gone) fork.untold.resolve(null);
    else this.#forks.set(link.name, fork);
    this.#options.listener.expect(link);
    return fork;
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    this.#options.onEnded(this.#link.name);
    for (const { untold } of this.#forks.values()) untold.resolve(null);
    this.#forks.clear();
    this.#options.around.forget(this.#link);
  }
}
