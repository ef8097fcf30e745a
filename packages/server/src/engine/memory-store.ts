/**
 * The engine's store in the memory of one process: what `runagent serve` uses. Durable means here: as durable as the
 * process. Bounded by `store_bytes_in_memory`; what would pass it is refused with STORAGE_FULL.
 */
import type { LimitValues } from "@runagent/protocol";
import { Budget } from "./budget.ts";
import { MemoryLogs } from "./memory-logs.ts";
import { MemoryQueues } from "./memory-queues.ts";
import { MemoryRecords } from "./memory-records.ts";
import type { EngineClock, Job, Store } from "./ports.ts";

export interface MemoryStoreOptions {
  readonly limits: Pick<LimitValues, "store_bytes_in_memory" | "job_lease">;
  readonly clock: EngineClock;
}

export function createMemoryStore(options: MemoryStoreOptions): Store {
  return new MemoryStore(options);
}

class MemoryStore implements Store {
  readonly #logs: MemoryLogs;
  readonly #queues: MemoryQueues;
  readonly #records: MemoryRecords;
  readonly #ending = new AbortController();

  constructor({ limits, clock }: MemoryStoreOptions) {
    const budget = new Budget(limits.store_bytes_in_memory);
    this.#logs = new MemoryLogs(budget);
    this.#queues = new MemoryQueues(budget, clock, limits.job_lease);
    this.#records = new MemoryRecords(budget, clock);
  }

  async append(...args: Parameters<Store["append"]>): ReturnType<Store["append"]> {
    return this.#logs.append(...args);
  }

  read(log: string, after: number, { follow, signal }: Parameters<Store["read"]>[2]): ReturnType<Store["read"]> {
    return this.#logs.read(log, after, { follow, signal: this.#untilClosed(signal) });
  }

  async enqueue(...args: Parameters<Store["enqueue"]>): ReturnType<Store["enqueue"]> {
    return this.#queues.enqueue(...args);
  }

  take(queue: string, { max, waitMs, signal }: Parameters<Store["take"]>[1]): Promise<readonly Job[]> {
    return this.#queues.take(queue, { max, waitMs, signal: this.#untilClosed(signal) });
  }

  async update(...args: Parameters<Store["update"]>): ReturnType<Store["update"]> {
    return this.#records.update(...args);
  }

  async list(prefix: string): ReturnType<Store["list"]> {
    return this.#records.list(prefix);
  }

  watch(prefix: string, { signal }: Parameters<Store["watch"]>[1]): ReturnType<Store["watch"]> {
    return this.#records.watch(prefix, this.#untilClosed(signal));
  }

  async forget(log: string): Promise<void> {
    this.#logs.forget(log);
  }

  async close(): Promise<void> {
    this.#ending.abort();
    this.#queues.close();
    this.#records.close();
  }

  #untilClosed(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#ending.signal]);
  }
}
