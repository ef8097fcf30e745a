/**
 * Workers forked from a template: 5–7 ms each. The first is made right after the import, before anybody asks. A template
 * that ended is started again for the next worker, after a pause that grows while it keeps ending.
 */
import { setTimeout as pause } from "node:timers/promises";
import { RunAgentError } from "@runagent/protocol";
import type { SourceOptions, WorkerSource } from "./source.ts";
import { Template } from "./template.ts";
import type { ChannelWorker } from "./worker.ts";

const FIRST_PAUSE_MS = 100;

export class Forks implements WorkerSource {
  readonly #options: SourceOptions;
  #template: Template | null;
  #restart: Promise<Template> | null = null;
  #restarts = 0;
  #first: Promise<ChannelWorker | null> | null;

  /** `adopted`: workers that nobody has taken yet. */
  constructor(template: Template | null, options: SourceOptions, adopted: boolean) {
    this.#options = options;
    this.#template = template;
    // Whoever asks next gets the error of their own fork.
    this.#first = adopted || template === null ? null : template.fork(false).catch(() => null);
  }

  async spawn({ once }: { readonly once: boolean }): Promise<ChannelWorker> {
    const ready = once ? null : this.#first;
    if (ready !== null) {
      this.#first = null;
      const worker = await ready;
      if (worker?.alive === true) return worker;
    }
    const worker = await this.#forked(once);
    this.#restarts = 0;
    return worker;
  }

  /** A template that is killed amid a fork costs whoever waits for it one more start, not an error. */
  async #forked(once: boolean): Promise<ChannelWorker> {
    const template = await this.#living();
    try {
      return await template.fork(once);
    } catch (error) {
      if (!template.gone) throw error;
      return (await this.#living()).fork(once);
    }
  }

  async #living(): Promise<Template> {
    return this.#template === null || this.#template.gone ? this.#started() : this.#template;
  }

  close(): void {
    this.#first = null;
  }

  leave(): void {
    this.#first = null;
    this.#template?.leave();
  }

  /** One start at a time, for all who wait. */
  #started(): Promise<Template> {
    this.#restart ??= this.#start().finally(() => {
      this.#restart = null;
    });
    return this.#restart;
  }

  async #start(): Promise<Template> {
    const { signal, around } = this.#options;
    if (this.#restarts > 0) await pause(Math.min(FIRST_PAUSE_MS * 2 ** this.#restarts, around.limits.restart_pause));
    if (signal.aborted) throw new RunAgentError("NO_CAPACITY", "The sandbox is closed.");
    this.#restarts += 1;
    const template = await Template.load(this.#options);
    this.#template = template;
    return template;
  }
}
