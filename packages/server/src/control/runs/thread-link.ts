/** The writing thread, as the archive sees it: an order in, null or why not when it was carried out. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import type { Order, Report } from "./archive-thread.ts";

type Told = (why: string | null) => void;
type Numbered<O> = O extends { readonly n: number } ? Omit<O, "n"> : never;

export class ThreadLink {
  readonly #thread: Worker;
  readonly #waiting = new Map<number, Told>();
  readonly #gone: Promise<void>;
  #count = 0;
  #closing = false;

  /** Rejects when the file cannot be opened as it must be. */
  static open(file: string): Promise<ThreadLink> {
    const thread = new Worker(threadFile(), { workerData: { file } });
    return new Promise((resolve, reject) => {
      thread.once("error", reject);
      thread.once("message", () => {
        thread.off("error", reject);
        resolve(new ThreadLink(thread));
      });
    });
  }

  private constructor(thread: Worker) {
    this.#thread = thread;
    this.#gone = new Promise((resolve) => thread.once("exit", () => resolve()));
    thread.on("message", ({ n, why }: Report) => this.#tell(n, why));
    thread.on("error", (error) => this.#tellAll(String(error)));
    void this.#gone.then(() => this.#tellAll("its writer has ended"));
    thread.unref();
  }

  order(order: Numbered<Order>, told: Told): void {
    this.#count += 1;
    this.#waiting.set(this.#count, told);
    this.#thread.ref();
    this.#thread.postMessage({ ...order, n: this.#count });
  }

  /** What was ordered before is done when it resolves. May be called twice. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#closing = true;
      this.#thread.ref();
      this.#thread.postMessage({ kind: "close" } satisfies Order);
    }
    return this.#gone;
  }

  #tell(n: number, why: string | null): void {
    const told = this.#waiting.get(n);
    this.#waiting.delete(n);
    if (this.#waiting.size === 0 && !this.#closing) this.#thread.unref();
    told?.(why);
  }

  #tellAll(why: string): void {
    for (const n of [...this.#waiting.keys()]) this.#tell(n, why);
  }
}

/** Beside this file, in the repository and in the package. */
function threadFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./archive-thread.${ending}`, import.meta.url));
}
