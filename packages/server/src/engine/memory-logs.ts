/** Logs that only grow at their end, and are deleted whole. */
import type { Budget } from "./budget.ts";
import { Conflict } from "./ports.ts";
import { Wakeup } from "./wakeup.ts";

interface Entry {
  readonly seq: number;
  readonly data: string;
}

interface Log {
  readonly entries: Entry[];
  readonly ids: Map<string, number>;
  readonly wakeup: Wakeup;
  bytes: number;
}

export class MemoryLogs {
  readonly #budget: Budget;
  readonly #logs = new Map<string, Log>();

  constructor(budget: Budget) {
    this.#budget = budget;
  }

  append(
    name: string,
    data: string,
    { id, expect }: { readonly id: string; readonly expect?: number },
  ): { readonly seq: number; readonly dup: boolean } {
    const log = this.#log(name);
    const known = log.ids.get(id);
    if (known !== undefined) return { seq: known, dup: true };
    const last = log.entries.length;
    if (expect !== undefined && expect !== last)
      throw new Conflict(`the log ${name} ends at ${last}, not at ${expect}`);
    const bytes = data.length + id.length;
    this.#budget.take(bytes);
    log.bytes += bytes;
    log.entries.push({ seq: last + 1, data });
    log.ids.set(id, last + 1);
    log.wakeup.wake();
    return { seq: last + 1, dup: false };
  }

  async *read(
    name: string,
    after: number,
    { follow, signal }: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<Entry> {
    const log = this.#log(name);
    let at = after;
    while (!signal.aborted) {
      const entry = log.entries[at];
      if (entry !== undefined) {
        at += 1;
        yield entry;
      } else if (follow) await log.wakeup.next(signal);
      else return;
    }
  }

  forget(name: string): void {
    const log = this.#logs.get(name);
    if (log === undefined) return;
    this.#budget.give(log.bytes);
    this.#logs.delete(name);
  }

  #log(name: string): Log {
    const known = this.#logs.get(name);
    if (known !== undefined) return known;
    const log = { entries: [], ids: new Map(), wakeup: new Wakeup(), bytes: 0 };
    this.#logs.set(name, log);
    return log;
  }
}
