/** Reads what is on disk, without waiting for the writer: WAL lets readers see the last commit. Pages are bounded. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { openForReading } from "./database.ts";
import type { Change, Snapshot } from "./watchers.ts";

export interface StoredEntry {
  readonly seq: number;
  readonly data: string;
}

export class Reader {
  readonly #database: DatabaseSync;
  readonly #record: StatementSync;
  readonly #records: StatementSync;
  readonly #revision: StatementSync;
  readonly #entries: StatementSync;
  readonly #nextJob: StatementSync;
  readonly #nextExpiry: StatementSync;

  constructor(file: string) {
    const database = openForReading(file);
    this.#database = database;
    this.#record = database.prepare("SELECT value, rev, expires_at FROM records WHERE key = ?");
    this.#records = database.prepare(
      "SELECT key, value, rev FROM records WHERE key >= ? AND key < ? AND (expires_at IS NULL OR expires_at > ?) ORDER BY rev",
    );
    this.#revision = database.prepare("SELECT n FROM revision");
    this.#entries = database.prepare("SELECT seq, data FROM entries WHERE log = ? AND seq > ? ORDER BY seq LIMIT ?");
    this.#nextJob = database.prepare("SELECT min(visible_at) AS at FROM jobs WHERE queue = ?");
    this.#nextExpiry = database.prepare("SELECT min(expires_at) AS at FROM records WHERE expires_at IS NOT NULL");
  }

  /** `rev` is that of the row, also when its time is over: who changes it must name it. */
  record(key: string, now: number): { readonly value: string | null; readonly rev: number } {
    const row = this.#record.get(key);
    if (row === undefined) return { value: null, rev: 0 };
    const over = row.expires_at !== null && Number(row.expires_at) <= now;
    return { value: over ? null : String(row.value), rev: Number(row.rev) };
  }

  /** Every record of the prefix as it is now, the oldest change first. */
  snapshot(prefix: string, now: number): Snapshot {
    this.#database.exec("BEGIN");
    try {
      const rows = this.#records.all(prefix, `${prefix}\u{10ffff}`, now);
      const revision = Number(this.#revision.get()?.n);
      return { records: rows.map(recordOf), revision };
    } finally {
      this.#database.exec("COMMIT");
    }
  }

  entries(log: string, after: number, most: number): StoredEntry[] {
    return this.#entries.all(log, after, most).map((row) => ({ seq: Number(row.seq), data: String(row.data) }));
  }

  /** When the next job of the queue can be taken; null: it is empty. */
  nextJobAt(queue: string): number | null {
    return numberOrNull(this.#nextJob.get(queue)?.at);
  }

  nextExpiryAt(): number | null {
    return numberOrNull(this.#nextExpiry.get()?.at);
  }

  close(): void {
    this.#database.close();
  }
}

const recordOf = (row: Record<string, unknown>): Change => ({
  key: String(row.key),
  value: String(row.value),
  rev: Number(row.rev),
});

const numberOrNull = (value: unknown): number | null => (typeof value === "number" ? value : null);
