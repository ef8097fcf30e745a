/** The writer thread, as the rest sees it: an operation in, its outcome when it is on disk. Bounded by `store_queue`. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { RunAgentError } from "@runagent/protocol";
import type { Operation, Order, Outcome, Report } from "./operations.ts";

interface Waiting {
  readonly resolve: (outcome: Outcome) => void;
  readonly reject: (error: unknown) => void;
}

export interface WriterOptions {
  readonly file: string;
  /** Operations in one transaction at most. */
  readonly batch: number;
  /** Operations that may wait. */
  readonly queue: number;
}

export class WriterLink {
  readonly #options: WriterOptions;
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gone: Promise<void>;
  #count = 0;
  #closing = false;

  /** Rejects when the file cannot be opened as it must be. */
  static open(options: WriterOptions): Promise<WriterLink> {
    const thread = new Worker(threadFile(), { workerData: { file: options.file, batch: options.batch } });
    return new Promise((resolve, reject) => {
      thread.once("error", reject);
      thread.once("message", () => {
        thread.off("error", reject);
        resolve(new WriterLink(thread, options));
      });
    });
  }

  private constructor(thread: Worker, options: WriterOptions) {
    this.#options = options;
    this.#thread = thread;
    this.#gone = new Promise((resolve) => thread.once("exit", () => resolve()));
    thread.on("message", (report: Report) => this.#take(report));
    thread.on("error", (error) => this.#failAll(error));
    void this.#gone.then(() => this.#failAll(new Error("the store is closed")));
    thread.unref();
  }

  write(operation: Operation): Promise<Outcome> {
    if (this.#closing) return Promise.reject(new RunAgentError("DRAINING", "The store is closed."));
    if (this.#waiting.size >= this.#options.queue) {
      const detail = `${this.#waiting.size} writes wait for the disk already.`;
      return Promise.reject(new RunAgentError("NO_CAPACITY", detail, { retry_after: 1 }));
    }
    this.#count += 1;
    const order: Order = { n: this.#count, operation };
    return new Promise((resolve, reject) => {
      this.#waiting.set(order.n, { resolve, reject });
      this.#thread.ref();
      this.#thread.postMessage(order);
    });
  }

  /** What was written before is on disk when it resolves. May be called twice. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#thread.ref();
      this.#thread.postMessage("close");
    }
    return this.#gone;
  }

  #take(report: Report): void {
    if (report.kind === "written") for (const { n, outcome } of report.outcomes) this.#end(n)?.resolve(outcome);
    if (report.kind === "refused") {
      for (const n of report.orders) this.#end(n)?.reject(refusal(report.full, report.why));
    }
    if (this.#waiting.size === 0 && !this.#closing) this.#thread.unref();
  }

  #end(n: number): Waiting | undefined {
    const waiting = this.#waiting.get(n);
    this.#waiting.delete(n);
    return waiting;
  }

  #failAll(error: unknown): void {
    for (const n of [...this.#waiting.keys()]) this.#end(n)?.reject(error);
  }
}

const refusal = (full: boolean, why: string): Error =>
  full
    ? new RunAgentError("STORAGE_FULL", "The disk of the data directory is full: nothing was written.")
    : new Error(`the store could not write: ${why}`);

/** Beside this file, in the repository and in the package. */
function threadFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./writer-thread.${ending}`, import.meta.url));
}
