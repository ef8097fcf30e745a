/** Records that change by compare-and-set, and those who watch them. */
import type { Budget } from "./budget.ts";
import type { EngineClock } from "./ports.ts";
import { Wakeup } from "./wakeup.ts";

interface Kept {
  readonly value: string;
  readonly stopTtl: (() => void) | null;
}

interface Change {
  readonly key: string;
  readonly value: string | null;
  readonly rev: number;
}

interface Watcher {
  readonly prefix: string;
  readonly changes: Change[];
  readonly wakeup: Wakeup;
}

export class MemoryRecords {
  readonly #budget: Budget;
  readonly #clock: EngineClock;
  readonly #records = new Map<string, Kept & { readonly rev: number }>();
  readonly #watchers = new Set<Watcher>();
  #rev = 0;

  constructor(budget: Budget, clock: EngineClock) {
    this.#budget = budget;
    this.#clock = clock;
  }

  update(
    key: string,
    f: (value: string | null) => string | null | undefined,
    options: { readonly ttlMs?: number } = {},
  ): { readonly value: string | null; readonly rev: number } {
    const before = this.#records.get(key);
    const value = f(before?.value ?? null);
    if (value === undefined) return { value: before?.value ?? null, rev: before?.rev ?? 0 };
    const freed = before === undefined ? 0 : sizeOf(key, before.value);
    if (value === null) this.#budget.give(freed);
    else this.#budget.take(sizeOf(key, value), freed);
    before?.stopTtl?.();
    this.#rev += 1;
    const rev = this.#rev;
    if (value === null) this.#records.delete(key);
    else this.#records.set(key, { value, rev, stopTtl: this.#expiry(key, options.ttlMs) });
    this.#tell({ key, value, rev });
    return { value, rev };
  }

  list(prefix: string): { readonly key: string; readonly value: string }[] {
    return [...this.#records].flatMap(([key, { value }]) => (key.startsWith(prefix) ? { key, value } : []));
  }

  async *watch(prefix: string, signal: AbortSignal): AsyncIterable<Change> {
    const changes = [...this.#records].map(([key, { value, rev }]) => ({ key, value, rev }));
    const watcher = {
      prefix,
      changes: changes.filter((one) => one.key.startsWith(prefix)),
      wakeup: new Wakeup(),
    };
    this.#watchers.add(watcher);
    try {
      while (!signal.aborted) {
        const change = watcher.changes.shift();
        if (change !== undefined) yield change;
        else await watcher.wakeup.next(signal);
      }
    } finally {
      this.#watchers.delete(watcher);
    }
  }

  close(): void {
    for (const { stopTtl } of this.#records.values()) stopTtl?.();
  }

  #expiry(key: string, ttlMs: number | undefined): (() => void) | null {
    return ttlMs === undefined ? null : this.#clock.after(ttlMs, () => this.update(key, () => null));
  }

  /** Someone who does not read keeps one entry for each record at most: an older one of the same key gives way. */
  #tell(change: Change): void {
    for (const { prefix, changes, wakeup } of this.#watchers) {
      if (!change.key.startsWith(prefix)) continue;
      const older = changes.findIndex((one) => one.key === change.key);
      if (older >= 0) changes.splice(older, 1);
      changes.push(change);
      wakeup.wake();
    }
  }
}

const sizeOf = (key: string, value: string): number => key.length + value.length;
