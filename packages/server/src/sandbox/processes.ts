/**
 * Workers that are processes of their own, each with its own import: Node, and Python that cannot be forked. One is started
 * ahead; with `spare` there is always one, so that the next worker is there at once.
 */
import type { Description } from "@runagent/protocol";
import { load } from "./loading.ts";
import type { SourceOptions, WorkerSource } from "./source.ts";
import { ChannelWorker } from "./worker.ts";

interface Ready {
  readonly worker: ChannelWorker;
  readonly description: Description;
}

export class Processes implements WorkerSource {
  readonly #options: SourceOptions;
  readonly #spare: boolean;
  #ahead: Promise<Ready> | null = null;
  #closed = false;

  constructor(options: SourceOptions, { spare }: { readonly spare: boolean }) {
    this.#options = options;
    this.#spare = spare;
    this.#startAhead();
  }

  /** Of the process that was started ahead. */
  async describe(): Promise<Description> {
    return (await (this.#ahead ?? this.#start())).description;
  }

  async spawn({ once }: { readonly once: boolean }): Promise<ChannelWorker> {
    const worker = (await this.#taken()) ?? (await this.#start()).worker;
    if (this.#spare) this.#startAhead();
    if (once) worker.endAfterOneRun();
    return worker;
  }

  close(): void {
    this.#closed = true;
    this.#ahead = null;
  }

  leave(): void {
    this.close();
  }

  /** What was started ahead, if it lives. That it failed is told to who asks next, by a start of their own. */
  async #taken(): Promise<ChannelWorker | null> {
    const ahead = this.#ahead;
    this.#ahead = null;
    if (ahead === null) return null;
    try {
      const { worker } = await ahead;
      return worker.alive ? worker : null;
    } catch {
      return null; // its error comes again from the start that follows
    }
  }

  #startAhead(): void {
    if (this.#closed || this.#ahead !== null) return;
    this.#ahead = this.#start();
    this.#ahead.catch(() => undefined); // told when somebody takes it
  }

  async #start(): Promise<Ready> {
    const { agent, signal, around, listener, newName, onWorker } = this.#options;
    const order = { role: "process", name: newName(), agent, signal } as const;
    const { link, process, description } = await load({ ...order, expect: (one) => listener.expect(one) }, around);
    const worker = new ChannelWorker(link, process, around);
    onWorker(worker);
    return { worker, description };
  }
}
