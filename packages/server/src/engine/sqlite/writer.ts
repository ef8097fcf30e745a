/** Carries out operations on the database, each within the transaction of its batch. */
import type { DatabaseSync, StatementSync } from "node:sqlite";
import type { Operation, Outcome, TakenJob } from "./operations.ts";

const DONE: Outcome = { kind: "done" };

export class Writer {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** All of them in one transaction; throws when it cannot be written, and then nothing is. */
  write(operations: readonly Operation[]): Outcome[] {
    this.#database.exec("BEGIN IMMEDIATE");
    try {
      const outcomes = operations.map((one) => this.#carryOut(one));
      this.#database.exec("COMMIT");
      return outcomes;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec("ROLLBACK");
      throw error;
    }
  }

  #carryOut(operation: Operation): Outcome {
    switch (operation.kind) {
      case "append":
        return this.#append(operation);
      case "forget":
        this.#run("DELETE FROM entries WHERE log = ?", operation.log);
        return DONE;
      case "enqueue":
        return this.#enqueue(operation);
      case "take":
        return this.#take(operation);
      case "show":
        this.#run(
          "UPDATE jobs SET visible_at = ? WHERE queue = ? AND id = ? AND attempt = ?",
          ...[operation.at, operation.queue, operation.id, operation.attempt],
        );
        return DONE;
      case "ack":
        this.#run(
          "DELETE FROM jobs WHERE queue = ? AND id = ? AND attempt = ?",
          ...[operation.queue, operation.id, operation.attempt],
        );
        return DONE;
      case "change":
        return this.#change(operation);
      case "expire":
        return this.#expire(operation.now);
      case "nothing":
        return DONE;
    }
  }

  #append({ log, id, expect, data }: Extract<Operation, { kind: "append" }>): Outcome {
    const known = this.#get("SELECT seq FROM entries WHERE log = ? AND id = ?", log, id);
    if (known !== undefined) return { kind: "appended", seq: Number(known.seq), dup: true };
    const last = Number(this.#get("SELECT max(seq) AS last FROM entries WHERE log = ?", log)?.last ?? 0);
    if (expect !== null && expect !== last) return { kind: "ends elsewhere", last };
    this.#run("INSERT INTO entries (log, seq, id, data) VALUES (?, ?, ?, ?)", log, last + 1, id, data);
    return { kind: "appended", seq: last + 1, dup: false };
  }

  #enqueue({ queue, id, body, at }: Extract<Operation, { kind: "enqueue" }>): Outcome {
    const { changes } = this.#run(
      "INSERT OR IGNORE INTO jobs (queue, id, body, visible_at, attempt) VALUES (?, ?, ?, ?, 0)",
      ...[queue, id, body, at],
    );
    return { kind: "enqueued", dup: Number(changes) === 0 };
  }

  #take({ queue, max, now, until }: Extract<Operation, { kind: "take" }>): Outcome {
    const rows = this.#statement(
      "SELECT id, body, attempt FROM jobs WHERE queue = ? AND visible_at <= ? ORDER BY visible_at, id LIMIT ?",
    ).all(queue, now, max);
    const jobs = rows.map(
      (row): TakenJob => ({ id: String(row.id), body: String(row.body), attempt: Number(row.attempt) + 1 }),
    );
    for (const { id, attempt } of jobs) {
      this.#run("UPDATE jobs SET visible_at = ?, attempt = ? WHERE queue = ? AND id = ?", until, attempt, queue, id);
    }
    return { kind: "taken", jobs };
  }

  #change({ key, rev, value, expiresAt }: Extract<Operation, { kind: "change" }>): Outcome {
    const now = Number(this.#get("SELECT rev FROM records WHERE key = ?", key)?.rev ?? 0);
    if (now !== rev) return { kind: "changed", rev: null };
    const next = this.#nextRevision();
    if (value === null) this.#run("DELETE FROM records WHERE key = ?", key);
    else {
      this.#run(
        "INSERT OR REPLACE INTO records (key, value, rev, expires_at) VALUES (?, ?, ?, ?)",
        ...[key, value, next, expiresAt],
      );
    }
    return { kind: "changed", rev: next };
  }

  #expire(now: number): Outcome {
    const rows = this.#statement("DELETE FROM records WHERE expires_at <= ? RETURNING key").all(now);
    return { kind: "expired", records: rows.map((row) => ({ key: String(row.key), rev: this.#nextRevision() })) };
  }

  #nextRevision(): number {
    return Number(this.#get("UPDATE revision SET n = n + 1 RETURNING n")?.n);
  }

  #get(sql: string, ...values: (string | number)[]) {
    return this.#statement(sql).get(...values);
  }

  #run(sql: string, ...values: (string | number | null)[]) {
    return this.#statement(sql).run(...values);
  }

  #statement(sql: string): StatementSync {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }
}
