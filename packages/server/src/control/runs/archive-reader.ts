/** Looks archived runs up, on a connection of its own: it waits for nobody who writes. */
import type { DatabaseSync } from "node:sqlite";
import type { Caller, LogRecord, Page, RunEvent, RunFilter, RunRecord } from "@runagent/protocol";
import { openForReading } from "./database.ts";
import type { About, Found } from "./ports.ts";

type Value = string | number;

interface Conditions {
  readonly sql: readonly string[];
  readonly values: readonly Value[];
}

export class ArchiveReader {
  readonly #database: DatabaseSync;

  constructor(file: string) {
    this.#database = openForReading(file);
  }

  find(id: string): Found | null {
    const row = this.#get("SELECT about FROM parts WHERE id = ?", id);
    if (row === undefined) return null;
    return { about: aboutOf(row), events: () => this.#events(id), logs: () => this.#logs(id) };
  }

  /** The newest run under an Idempotency-Key that was made after `since`. */
  under(scope: string, since: number): Found | null {
    const sql = "SELECT id FROM runs WHERE scope = ? AND created_at >= ? ORDER BY id DESC LIMIT 1";
    const row = this.#get(sql, scope, since);
    return row === undefined ? null : this.find(String(row.id));
  }

  /** Newest first; of what the caller may see (the rule of `mayRead`, in SQL so that pages are quick). */
  list(caller: Caller, filter: RunFilter): Page<RunRecord> {
    const { sql, values } = together([...conditionsOf(filter), ...visibleTo(caller)]);
    const where = sql.length === 0 ? "" : `WHERE ${sql.join(" AND ")}`;
    const rows = this.#database
      .prepare(`SELECT about FROM runs JOIN parts USING (id) ${where} ORDER BY runs.id DESC LIMIT ?`)
      .all(...values, filter.limit + 1);
    const items = rows.slice(0, filter.limit).map((row) => aboutOf(row).record);
    return { items, next: rows.length > items.length ? (items.at(-1)?.id ?? null) : null };
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
  }

  #events(id: string): readonly RunEvent[] | null {
    const row = this.#get("SELECT events FROM parts WHERE id = ?", id);
    return typeof row?.events === "string" ? JSON.parse(row.events) : null;
  }

  #logs(id: string): readonly LogRecord[] {
    const row = this.#get("SELECT logs FROM parts WHERE id = ?", id);
    return typeof row?.logs === "string" ? JSON.parse(row.logs) : [];
  }

  #get(sql: string, ...values: Value[]) {
    return this.#database.prepare(sql).get(...values);
  }
}

const aboutOf = (row: Readonly<Record<string, unknown>>): About => JSON.parse(String(row.about));

function conditionsOf({ cursor, agent, statuses, session, batch, sinceMs }: RunFilter): Conditions[] {
  return [
    ...equal("agent", agent),
    ...equal("session", session),
    ...equal("batch", batch),
    ...(cursor === null ? [] : [{ sql: ["runs.id < ?"], values: [cursor] }]),
    ...(sinceMs === null ? [] : [{ sql: ["created_at >= ?"], values: [sinceMs] }]),
    ...(statuses === null ? [] : [oneOf("status", statuses)]),
    // Said in words, so that the index of those that did not succeed counts.
    ...(statuses === null || statuses.includes("succeeded") ? [] : [{ sql: ["status <> 'succeeded'"], values: [] }]),
  ];
}

function visibleTo(caller: Caller): Conditions[] {
  if (caller === null) return [];
  const agents = caller.agents ?? null;
  return [
    ...(agents === null ? [] : [oneOf("agent", agents)]),
    ...(caller.scopes.includes("read") ? [] : equal("key_id", caller.keyId)),
  ];
}

const equal = (column: string, value: string | null): Conditions[] =>
  value === null ? [] : [{ sql: [`${column} = ?`], values: [value] }];

const oneOf = (column: string, values: readonly string[]): Conditions => ({
  sql: [`${column} IN (${values.map(() => "?").join(", ")})`],
  values,
});

const together = (all: readonly Conditions[]): Conditions => ({
  sql: all.flatMap((one) => one.sql),
  values: all.flatMap((one) => one.values),
});
