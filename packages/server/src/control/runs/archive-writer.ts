/** Writes ended runs, and deletes those whose time is over. A run that is there already stays as it is (R1). */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import { firstId } from "@runagent/protocol";
import type { Row } from "./row.ts";

export interface Keeping {
  readonly runsBefore: number;
  readonly eventsBefore: number;
  /** All runs together. */
  readonly bytes: number;
}

/** Runs that are deleted in one transaction: others can be written in between. */
const AT_ONCE = 2000;

export class ArchiveWriter {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** All or nothing. */
  write(rows: readonly Row[]): void {
    this.#together(() => {
      for (const { run, parts } of rows) {
        const isNew = this.#run("INSERT OR IGNORE INTO runs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", ...run);
        if (isNew > 0) this.#run("INSERT OR REPLACE INTO parts VALUES (?, ?, ?, ?)", ...parts);
      }
    });
  }

  /** False: there is more to delete. */
  sweep({ runsBefore, eventsBefore, bytes }: Keeping): boolean {
    return this.#together(() => {
      const over = this.#ids("SELECT id FROM runs WHERE id < ? AND ended_at < ? ORDER BY id LIMIT ?", runsBefore);
      for (const id of over) this.#delete(id);
      const old = this.#ids(
        "SELECT id FROM runs JOIN parts USING (id) WHERE id < ? AND ended_at < ? AND events IS NOT NULL LIMIT ?",
        eventsBefore,
      );
      for (const id of old) this.#forgetEvents(id);
      return over.length < AT_ONCE && old.length < AT_ONCE && this.#shrink(bytes);
    });
  }

  /** What ended before a time was made before it, and ids sort by when they were made. */
  #ids(sql: string, before: number): string[] {
    return this.#database
      .prepare(sql)
      .all(firstId("run", before), before, AT_ONCE)
      .map((row) => String(row.id));
  }

  #delete(id: string): void {
    this.#run("DELETE FROM parts WHERE id = ?", id);
    this.#run("DELETE FROM runs WHERE id = ?", id);
  }

  #forgetEvents(id: string): void {
    this.#run(
      "UPDATE runs SET bytes = bytes - (SELECT length(events) FROM parts WHERE parts.id = runs.id) WHERE id = ?",
      id,
    );
    this.#run("UPDATE parts SET events = NULL WHERE id = ?", id);
  }

  /** Deletes the oldest until the rest is small enough. False: it is not yet. */
  #shrink(most: number): boolean {
    const all = this.#database.prepare("SELECT total(bytes) AS bytes FROM runs").get();
    let excess = Number(all?.bytes) - most;
    if (excess <= 0) return true;
    const oldest = this.#database.prepare("SELECT id, bytes FROM runs ORDER BY id LIMIT ?").all(AT_ONCE);
    for (const { id, bytes } of oldest) {
      if (excess <= 0) return true;
      excess -= Number(bytes);
      this.#delete(String(id));
    }
    return excess <= 0;
  }

  #together<T>(work: () => T): T {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const made = work();
      this.#database.exec("COMMIT");
      return made;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #run(sql: string, ...values: (string | number | null)[]): number {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return Number(statement.run(...values).changes);
  }
}
