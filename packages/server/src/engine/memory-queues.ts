/**
 * Queues of jobs. A job that was taken is hidden for its lease; who does not acknowledge it in time loses it, and it is
 * there again with its next attempt. An acknowledged id is not known any more.
 */
import type { Budget } from "./budget.ts";
import type { EngineClock, Job } from "./ports.ts";
import { Wakeup } from "./wakeup.ts";

interface Held {
  readonly id: string;
  readonly body: string;
  visibleAt: number;
  attempt: number;
}

interface Queue {
  readonly jobs: Map<string, Held>;
  readonly wakeup: Wakeup;
}

export class MemoryQueues {
  readonly #budget: Budget;
  readonly #clock: EngineClock;
  readonly #leaseMs: number;
  readonly #queues = new Map<string, Queue>();
  readonly #timers = new Set<() => void>();

  constructor(budget: Budget, clock: EngineClock, leaseMs: number) {
    this.#budget = budget;
    this.#clock = clock;
    this.#leaseMs = leaseMs;
  }

  enqueue(
    name: string,
    body: string,
    { id, at }: { readonly id: string; readonly at?: number },
  ): { readonly dup: boolean } {
    const queue = this.#queue(name);
    if (queue.jobs.has(id)) return { dup: true };
    this.#budget.take(body.length + id.length);
    queue.jobs.set(id, { id, body, visibleAt: at ?? this.#clock.now(), attempt: 0 });
    queue.wakeup.wake();
    return { dup: false };
  }

  async take(
    name: string,
    { max, waitMs, signal }: { readonly max: number; readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<readonly Job[]> {
    const queue = this.#queue(name);
    const until = this.#clock.now() + waitMs;
    for (;;) {
      const jobs = signal.aborted ? [] : this.#visible(queue).slice(0, max);
      const now = this.#clock.now();
      if (jobs.length > 0 || signal.aborted || now >= until) return jobs.map((one) => this.#lease(queue, one));
      await this.#changed(queue, until, signal);
    }
  }

  close(): void {
    for (const stop of this.#timers) stop();
    this.#timers.clear();
  }

  #visible(queue: Queue): Held[] {
    const now = this.#clock.now();
    return [...queue.jobs.values()].filter((one) => one.visibleAt <= now).sort((a, b) => a.visibleAt - b.visibleAt);
  }

  #lease(queue: Queue, held: Held): Job {
    held.visibleAt = this.#clock.now() + this.#leaseMs;
    held.attempt += 1;
    const { attempt } = held;
    const mine = (): boolean => queue.jobs.get(held.id) === held && held.attempt === attempt; // fenced by the attempt
    const show = (ms: number): void => {
      if (!mine()) return;
      held.visibleAt = this.#clock.now() + ms;
      queue.wakeup.wake();
    };
    return {
      id: held.id,
      body: held.body,
      attempt,
      extend: async (ms) => show(ms),
      retry: async (afterMs) => show(afterMs),
      ack: async () => {
        if (!mine()) return;
        queue.jobs.delete(held.id);
        this.#budget.give(held.body.length + held.id.length);
      },
    };
  }

  /** Until something is put in, something becomes visible, or the wait is over. */
  async #changed(queue: Queue, until: number, signal: AbortSignal): Promise<void> {
    const next = Math.min(until, ...[...queue.jobs.values()].map((one) => one.visibleAt));
    const stop = this.#clock.after(Math.max(0, next - this.#clock.now()), () => queue.wakeup.wake());
    this.#timers.add(stop);
    await queue.wakeup.next(signal);
    stop();
    this.#timers.delete(stop);
  }

  #queue(name: string): Queue {
    const known = this.#queues.get(name);
    if (known !== undefined) return known;
    const queue = { jobs: new Map<string, Held>(), wakeup: new Wakeup() };
    this.#queues.set(name, queue);
    return queue;
  }
}
