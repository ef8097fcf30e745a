/**
 * A process that has imported the agent and forks workers when told to. It reaps its forks and tells how they ended; when
 * it is gone itself, nobody knows that any more.
 */
import { type Description, type Frame, RunAgentError } from "@runagent/protocol";
import { readExited, readHost, readLog } from "./channel/bodies.ts";
import { Link, type Receiver } from "./channel/link.ts";
import type { ProcessExit } from "./driver.ts";
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

  private constructor({ link, process, description }: Loaded, options: SourceOptions) {
    this.description = description;
    this.pid = process.pid;
    this.#options = options;
    this.#link = link;
    link.listen(this);
    void process.exited.then(() => this.#end());
    if (!link.up) this.down();
  }

  get gone(): boolean {
    return this.#gone;
  }

  /** A worker that is connected. Rejects with NO_CAPACITY when the machine gives no process. */
  async fork(once: boolean): Promise<ChannelWorker> {
    const { around, newName } = this.#options;
    const link = new Link({ name: newName(), token: newToken(), agent: null });
    const { exit, untold } = this.#expectFork(link);
    this.#link.send("spawn", 0, JSON.stringify({ worker: link.name, token: link.token, once }));
    const first = await within(Promise.race([link.greeted, exit.promise]), around.limits.fork_time);
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
    const worker = new ChannelWorker(link, { pid, exited: exit.promise, untold: untold.promise }, around);
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

  resume(): readonly [] {
    return [];
  }

  #expectFork(link: Link): Fork {
    const fork = { exit: Promise.withResolvers<ProcessExit>(), untold: Promise.withResolvers<null>() };
    this.#forks.set(link.name, fork);
    this.#options.listener.expect(link);
    return fork;
  }

  #end(): void {
    if (this.#gone) return;
    this.#gone = true;
    for (const { untold } of this.#forks.values()) untold.resolve(null);
    this.#forks.clear();
    this.#options.around.forget(this.#link);
  }
}
