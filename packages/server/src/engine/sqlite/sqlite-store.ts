/**
 * The engine's store in one SQLite file (docs/adr/engine-sqlite.md): one writer thread with group commit, readers that wait
 * for nobody, wake-ups within this process. Resolved means on disk. Only one process may have the file open.
 */
import type { LimitValues } from "@runagent/protocol";
import { Conflict, type EngineClock, type Job, type Store } from "../ports.ts";
import { Wakeups } from "../wakeups.ts";
import type { Outcome, TakenJob } from "./operations.ts";
import { Reader } from "./reader.ts";
import { Watchers } from "./watchers.ts";
import { WriterLink } from "./writer-link.ts";

export interface SqliteStoreOptions {
  readonly file: string;
  readonly limits: Pick<LimitValues, "job_lease" | "store_batch" | "store_queue">;
  readonly clock: EngineClock;
}

/** Entries that are read at a time. */
const PAGE = 256;

/** Rejects with CONFLICT for a file of a newer version. */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const { file, limits } = options;
  const writer = await WriterLink.open({ file, batch: limits.store_batch, queue: limits.store_queue });
  return new SqliteStore(options, writer);
}

class SqliteStore implements Store {
  readonly #clock: EngineClock;
  readonly #leaseMs: number;
  readonly #writer: WriterLink;
  readonly #reader: Reader;
  readonly #ending = new AbortController();
  readonly #appended = new Wakeups();
  readonly #enqueued = new Wakeups();
  readonly #watchers = new Watchers();
  readonly #timers = new Set<() => void>();
  #stopExpiry: (() => void) | null = null;
  #expiryAt = Number.POSITIVE_INFINITY;
  #closed: Promise<void> | null = null;

  constructor({ file, limits, clock }: SqliteStoreOptions, writer: WriterLink) {
    this.#clock = clock;
    this.#leaseMs = limits.job_lease;
    this.#writer = writer;
    this.#reader = new Reader(file);
    this.#expireNext();
  }

  async append(
    log: string,
    data: string,
    { id, expect }: Parameters<Store["append"]>[2],
  ): Promise<{ readonly seq: number; readonly dup: boolean }> {
    const outcome = await this.#writer.write({ kind: "append", log, id, expect: expect ?? null, data });
    if (outcome.kind === "ends elsewhere") {
      throw new Conflict(`the log ${log} ends at ${outcome.last}, not at ${expect}`);
    }
    this.#appended.wake(log);
    const { seq, dup } = expected(outcome, "appended");
    return { seq, dup };
  }

  async *read(log: string, after: number, { follow, signal }: Parameters<Store["read"]>[2]): ReturnType<Store["read"]> {
    const until = this.#untilClosed(signal);
    for (let at = after; !until.aborted; ) {
      const entries = this.#reader.entries(log, at, PAGE);
      for (const entry of entries) {
        if (until.aborted) return;
        at = entry.seq;
        yield entry;
      }
      if (entries.length > 0) continue;
      if (!follow) return;
      await this.#appended.next(log, until);
    }
  }

  async enqueue(
    queue: string,
    body: string,
    { id, at }: Parameters<Store["enqueue"]>[2],
  ): Promise<{ readonly dup: boolean }> {
    const outcome = await this.#writer.write({ kind: "enqueue", queue, id, body, at: at ?? this.#clock.now() });
    this.#enqueued.wake(queue);
    return { dup: expected(outcome, "enqueued").dup };
  }

  async take(queue: string, { max, waitMs, signal }: Parameters<Store["take"]>[1]): Promise<readonly Job[]> {
    const until = this.#clock.now() + waitMs;
    const ended = this.#untilClosed(signal);
    for (;;) {
      const now = this.#clock.now();
      if (ended.aborted) return [];
      const taken = await this.#writer.write({ kind: "take", queue, max, now, until: now + this.#leaseMs });
      const { jobs } = expected(taken, "taken");
      if (jobs.length > 0) return jobs.map((one) => this.#job(queue, one));
      if (this.#clock.now() >= until) return [];
      await this.#jobsChanged(queue, until, ended);
    }
  }

  async update(
    key: string,
    f: (value: string | null) => string | null | undefined,
    { ttlMs }: { readonly ttlMs?: number } = {},
  ): Promise<{ readonly value: string | null; readonly rev: number }> {
    for (;;) {
      const now = this.#clock.now();
      const before = this.#reader.record(key, now);
      const value = f(before.value);
      if (value === undefined || (value === null && before.rev === 0)) return before;
      const expiresAt = ttlMs === undefined || value === null ? null : now + ttlMs;
      const outcome = await this.#writer.write({ kind: "change", key, rev: before.rev, value, expiresAt });
      const { rev } = expected(outcome, "changed");
      if (rev === null) continue; // another change came first
      this.#watchers.tell({ key, value, rev });
      if (expiresAt !== null && expiresAt < this.#expiryAt) this.#expireNext();
      return { value, rev };
    }
  }

  async list(prefix: string): ReturnType<Store["list"]> {
    const { records } = this.#reader.snapshot(prefix, this.#clock.now());
    return records.flatMap(({ key, value }) => (value === null ? [] : { key, value }));
  }

  watch(prefix: string, { signal }: Parameters<Store["watch"]>[1]): ReturnType<Store["watch"]> {
    const look = () => this.#reader.snapshot(prefix, this.#clock.now());
    return this.#watchers.watch(prefix, look, this.#untilClosed(signal));
  }

  async forget(log: string): Promise<void> {
    await this.#writer.write({ kind: "forget", log });
  }

  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#ending.abort();
    this.#stopExpiry?.();
    for (const stop of this.#timers) stop();
    await this.#writer.close();
    this.#reader.close();
  }

  #job(queue: string, { id, body, attempt }: TakenJob): Job {
    const show = async (ms: number): Promise<void> => {
      await this.#writer.write({ kind: "show", queue, id, attempt, at: this.#clock.now() + ms });
      this.#enqueued.wake(queue);
    };
    return {
      ...{ id, body, attempt },
      extend: show,
      retry: show,
      ack: async () => void (await this.#writer.write({ kind: "ack", queue, id, attempt })),
    };
  }

  /** Until something is put in, something becomes visible, or the wait is over. */
  async #jobsChanged(queue: string, until: number, signal: AbortSignal): Promise<void> {
    const next = Math.min(until, this.#reader.nextJobAt(queue) ?? until);
    const stop = this.#clock.after(Math.max(0, next - this.#clock.now()), () => this.#enqueued.wake(queue));
    this.#timers.add(stop);
    await this.#enqueued.next(queue, signal);
    stop();
    this.#timers.delete(stop);
  }

  /** One timer for all records with a time to live. */
  #expireNext(): void {
    this.#stopExpiry?.();
    this.#stopExpiry = null;
    this.#expiryAt = this.#reader.nextExpiryAt() ?? Number.POSITIVE_INFINITY;
    if (this.#expiryAt === Number.POSITIVE_INFINITY || this.#ending.signal.aborted) return;
    const ms = Math.min(Math.max(0, this.#expiryAt - this.#clock.now()), LONGEST_TIMER_MS);
    this.#stopExpiry = this.#clock.after(ms, () => void this.#expire().catch(() => undefined)); // tried at the next one
  }

  async #expire(): Promise<void> {
    const outcome = await this.#writer.write({ kind: "expire", now: this.#clock.now() });
    for (const { key, rev } of expected(outcome, "expired").records) this.#watchers.tell({ key, value: null, rev });
    this.#expireNext();
  }

  #untilClosed(signal: AbortSignal): AbortSignal {
    return AbortSignal.any([signal, this.#ending.signal]);
  }
}

const LONGEST_TIMER_MS = 24 * 3600 * 1000;

/** The writer answers an operation with its own kind of outcome. */
function expected<Kind extends Outcome["kind"]>(outcome: Outcome, kind: Kind): Extract<Outcome, { kind: Kind }> {
  if (isOf(outcome, kind)) return outcome;
  throw new Error(`the store's writer answered ${outcome.kind} for ${kind}`);
}

const isOf = <Kind extends Outcome["kind"]>(
  outcome: Outcome,
  kind: Kind,
): outcome is Extract<Outcome, { kind: Kind }> => outcome.kind === kind;
