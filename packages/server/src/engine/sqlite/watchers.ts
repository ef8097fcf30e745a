/**
 * Those who watch records. Who does not read keeps at most one change for each record: an older one gives way to a newer.
 * A change that what was read at the start holds already is not told again.
 */
import { Wakeup } from "../wakeup.ts";

export interface Change {
  readonly key: string;
  readonly value: string | null;
  readonly rev: number;
}

export interface Snapshot {
  readonly records: readonly Change[];
  /** The newest revision of all when it was read. */
  readonly revision: number;
}

interface Watcher {
  readonly prefix: string;
  /** Changes up to this one were read at the start. */
  readonly since: number;
  /** By key, in the order in which they were told. */
  readonly changes: Map<string, Change>;
  readonly wakeup: Wakeup;
}

export class Watchers {
  readonly #all = new Set<Watcher>();

  /** `look` is called when somebody begins to read. */
  async *watch(prefix: string, look: () => Snapshot, signal: AbortSignal): AsyncIterable<Change> {
    if (signal.aborted) return;
    const { records, revision } = look();
    const changes = new Map(records.map((one) => [one.key, one]));
    const watcher = { prefix, since: revision, changes, wakeup: new Wakeup() };
    this.#all.add(watcher);
    try {
      while (!signal.aborted) {
        const [next] = changes.values();
        if (next === undefined) await watcher.wakeup.next(signal);
        else {
          changes.delete(next.key);
          yield next;
        }
      }
    } finally {
      this.#all.delete(watcher);
    }
  }

  tell(change: Change): void {
    for (const { prefix, since, changes, wakeup } of this.#all) {
      if (change.rev <= since || !change.key.startsWith(prefix)) continue;
      changes.delete(change.key);
      changes.set(change.key, change);
      wakeup.wake();
    }
  }
}
