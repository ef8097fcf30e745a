/**
 * The engine's seam (docs/adr/engine-seam.md): `Bus` may lose, `Store` may not. Everything else is written once above it.
 * Nothing above may assume that `seq` is dense, that a queue delivers once, or that two records change together.
 */
export interface Store {
  /** Resolves only when durable. The same `id` again: `dup`, nothing is written. Rejects Conflict when `expect` is not the last seq. */
  append(
    log: string,
    data: string,
    options: { readonly id: string; readonly expect?: number },
  ): Promise<{ readonly seq: number; readonly dup: boolean }>;
  /** Entries after `after`; with `follow` it goes on until the signal aborts, without a gap. */
  read(
    log: string,
    after: number,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<{ readonly seq: number; readonly data: string }>;
  /** Makes a job visible at `at` (milliseconds since the epoch; left out: now). */
  enqueue(
    queue: string,
    body: string,
    options: { readonly id: string; readonly at?: number },
  ): Promise<{ readonly dup: boolean }>;
  take(
    queue: string,
    options: { readonly max: number; readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<readonly Job[]>;
  /** Read and compare-and-set in one. `f` returns null to delete, undefined to leave it; it may be called again. */
  update(
    key: string,
    f: (value: string | null) => string | null | undefined,
    options?: { readonly ttlMs?: number },
  ): Promise<{ readonly value: string | null; readonly rev: number }>;
  /** Every record of the prefix as it is now. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
  /** First what is there, then changes in order, until the signal aborts. */
  watch(
    prefix: string,
    options: { readonly signal: AbortSignal },
  ): AsyncIterable<{ readonly key: string; readonly value: string | null; readonly rev: number }>;
  /** Deletes a log, whole. */
  forget(log: string): Promise<void>;
  close(): Promise<void>;
}

export interface Job {
  readonly id: string;
  readonly body: string;
  /** Counts from 1. */
  readonly attempt: number;
  extend(ms: number): Promise<void>;
  ack(): Promise<void>;
  retry(afterMs: number): Promise<void>;
}

export class Conflict extends Error {
  override readonly name = "Conflict";
}

/** Time as the engine sees it; tests drive it. */
export interface EngineClock {
  now(): number;
  /** Calls back once, after `ms`. The result stops it. */
  after(ms: number, call: () => void): () => void;
}
