/**
 * Ended runs, found again after a restart (docs/adr/run-archive.md). No call waits for it: what ends is collected and
 * written within `archive_delay` on a thread. A crash may lose what was not written: of durable runs the engine has the
 * record until `written` has named them.
 */
import type { Caller, LimitValues, Page, RunFilter, RunRecord } from "@runagent/protocol";
import { ArchiveReader } from "./archive-reader.ts";
import type { ArchivedRun, EndedRun, Found } from "./ports.ts";
import { columnsOf, foundOf, rowOf, scopeOfRun, scopeText } from "./row.ts";
import { ThreadLink } from "./thread-link.ts";

export interface RunArchiveOptions {
  readonly file: string;
  readonly limits: Pick<
    LimitValues,
    | "archive_bytes"
    | "archive_delay"
    | "archive_events_time"
    | "archive_queue"
    | "archive_sweep"
    | "archive_time"
    | "idempotency_time"
  >;
  readonly now: () => number;
  /** Durable runs that are in the archive now: their records need not be kept elsewhere. */
  readonly written: (ids: readonly string[]) => Promise<void>;
  /** One sentence for the server's log. */
  readonly note: (sentence: string) => void;
}

/** Runs that are made ready to be written in one turn. */
const AT_ONCE = 256;

interface Collected {
  readonly run: EndedRun;
  readonly size: number;
}

/** Characters that a run takes beside what its agent and its caller said. */
const RUN_ITSELF = 1024;

export class RunArchive {
  readonly #options: RunArchiveOptions;
  readonly #thread: ThreadLink;
  readonly #reader: ArchiveReader;
  /** Not written yet, by id and by Idempotency-Key. */
  readonly #waiting = new Map<string, EndedRun>();
  readonly #byScope = new Map<string, EndedRun>();
  #collected: Collected[] = [];
  /** Characters of all that waits, of what was only collected, and the runs that found no room. */
  #size = 0;
  #collectedSize = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | null = null;
  #next: NodeJS.Immediate | null = null;
  /** Resolves when all that was written is known elsewhere too. */
  #told: Promise<unknown> = Promise.resolve();
  readonly #sweeper: NodeJS.Timeout;

  /** Rejects with CONFLICT for a file of a newer version. */
  static async open(options: RunArchiveOptions): Promise<RunArchive> {
    return new RunArchive(options, await ThreadLink.open(options.file));
  }

  private constructor(options: RunArchiveOptions, thread: ThreadLink) {
    this.#options = options;
    this.#thread = thread;
    this.#reader = new ArchiveReader(options.file);
    this.#sweeper = setInterval(() => this.sweep(), options.limits.archive_sweep).unref();
    this.sweep();
  }

  /** It has ended. A durable one is always taken; a direct one when there is room. */
  add(run: EndedRun): void {
    const { archive_queue, archive_delay } = this.#options.limits;
    const size = run.weight + RUN_ITSELF;
    if (!run.durable && this.#size + size > archive_queue) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.set(run.id, run);
    const scope = scopeOfRun(run);
    if (scope !== null) this.#byScope.set(scope, run);
    this.#collected.push({ run, size });
    this.#size += size;
    this.#collectedSize += size;
    if (this.#collectedSize > archive_queue / 4) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), archive_delay);
  }

  find(id: string): Found | null {
    const run = this.#waiting.get(id);
    return run === undefined ? this.#reader.find(id) : foundOf(rowOf(run));
  }

  /** What was made under an Idempotency-Key that still counts. */
  under({
    caller,
    agent,
    key,
  }: {
    readonly caller: Caller;
    readonly agent: string;
    readonly key: string;
  }): Found | null {
    const scope = scopeText({ keyId: caller?.keyId ?? null, agent, key });
    const run = this.#byScope.get(scope);
    if (run !== undefined) {
      const found = foundOf(rowOf(run));
      return found.about.idempotency === null ? null : found;
    }
    return this.#reader.under(scope, this.#options.now() - this.#options.limits.idempotency_time);
  }

  list(caller: Caller, filter: RunFilter): Page<RunRecord> {
    return this.#reader.list(caller, filter);
  }

  /** Resolves when they are on disk. */
  store(runs: readonly ArchivedRun[]): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#thread.order({ kind: "write", rows: runs.map(columnsOf) }, (why) =>
        why === null ? resolve() : reject(new Error(why)),
      );
    });
  }

  sweep(): void {
    const { archive_time, archive_events_time, archive_bytes: bytes } = this.#options.limits;
    const now = this.#options.now();
    const keeping = { runsBefore: now - archive_time, eventsBefore: now - archive_events_time, bytes };
    this.#thread.order({ kind: "sweep", keeping }, (why) => {
      if (why !== null) this.#options.note(`Old runs could not be deleted from the archive: ${why}`);
    });
  }

  /** Everything that has ended is on disk. May be called twice. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    if (this.#timer !== null) clearTimeout(this.#timer);
    if (this.#next !== null) clearImmediate(this.#next);
    this.#write(this.#collected.splice(0));
    await this.#thread.close();
    await this.#told;
    this.#reader.close();
  }

  /** A few at a time: no call waits for many. */
  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#next ??= setImmediate(() => {
      this.#next = null;
      this.#write(this.#collected.splice(0, AT_ONCE));
      if (this.#collected.length > 0) this.#flush();
    });
  }

  #write(collected: readonly Collected[]): void {
    if (collected.length === 0) return;
    const size = collected.reduce((sum, one) => sum + one.size, 0);
    const runs = collected.map((one) => one.run);
    this.#collectedSize -= size;
    this.#thread.order({ kind: "write", rows: runs.map((run) => columnsOf(rowOf(run))) }, (why) => {
      this.#size -= size;
      this.#settled(runs, why);
    });
  }

  #settled(runs: readonly EndedRun[], why: string | null): void {
    for (const run of runs) {
      this.#waiting.delete(run.id);
      const scope = scopeOfRun(run);
      if (scope !== null && this.#byScope.get(scope) === run) this.#byScope.delete(scope);
    }
    const durable = runs.filter((run) => run.durable).map((run) => run.id);
    if (why === null) this.#told = Promise.all([this.#told, this.#options.written(durable)]);
    else this.#options.note(`${runs.length} ended runs could not be archived: ${why}`);
    if (this.#dropped > 0) this.#options.note(`${this.#dropped} direct runs ended too fast to be archived.`);
    this.#dropped = 0;
  }
}
