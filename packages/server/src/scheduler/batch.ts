/** One batch: its items as runs, made at once and let go a few at a time. They wait here, not in the agent's queue. */
import type { Batch as BatchView } from "@runagent/protocol";
import type { Run } from "./run.ts";
import { iso, statusOf } from "./run-record.ts";

export class Batch {
  readonly id: string;
  readonly runs: readonly Run[];
  readonly #concurrency: number;
  readonly #createdAt: number;
  readonly #release: (run: Run) => void;
  #released = 0;
  #going = 0;
  #ended = 0;
  #filling = false;
  cancelled = false;

  readonly tag: string;
  readonly #agent: string;

  constructor(parts: {
    readonly id: string;
    readonly agent: string;
    readonly tag: string;
    readonly runs: readonly Run[];
    readonly concurrency: number;
    readonly createdAt: number;
    readonly release: (run: Run) => void;
  }) {
    this.id = parts.id;
    this.#agent = parts.agent;
    this.tag = parts.tag;
    this.runs = parts.runs;
    this.#concurrency = parts.concurrency;
    this.#createdAt = parts.createdAt;
    this.#release = parts.release;
  }

  get ended(): boolean {
    return this.#ended === this.runs.length;
  }

  /** Lets go as many as may run at a time. */
  fill(): void {
    if (this.#filling) return; // a run that ends while it is let go comes back here
    this.#filling = true;
    while (this.#going < this.#concurrency) {
      const run = this.runs[this.#released];
      if (run === undefined) break;
      this.#released += 1;
      if (run.ended) continue;
      this.#going += 1;
      this.#release(run);
    }
    this.#filling = false;
  }

  /** One of its runs has ended. */
  left(run: Run): void {
    this.#ended += 1;
    if ((run.links.index ?? 0) < this.#released) this.#going -= 1;
    if (!this.cancelled) this.fill();
  }

  view(): BatchView {
    const counts = { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
    for (const run of this.runs) {
      const status = statusOf(run.state);
      counts[status === "waiting" ? "running" : status] += 1;
    }
    return {
      id: this.id,
      agent: this.#agent,
      tag: this.tag,
      status: this.#status(),
      counts,
      total: this.runs.length,
      created_at: iso(this.#createdAt),
    };
  }

  #status(): BatchView["status"] {
    if (this.cancelled) return "cancelled";
    return this.ended ? "ended" : "running";
  }
}
