/**
 * The tables, and how older ones become them: forward only, in one transaction, after a copy of the file. A file of a newer
 * RunAgent is refused. `user_version` is the number of migrations that a file has had.
 */
import { closeSync, copyFileSync, existsSync, fsyncSync, openSync } from "node:fs";
import type { DatabaseSync } from "node:sqlite";
import { problem, RunAgentError } from "@runagent/protocol";

/** Never changed once released: a further one is added at the end. */
const MIGRATIONS: readonly string[] = [
  `CREATE TABLE records (key TEXT PRIMARY KEY, value TEXT NOT NULL, rev INTEGER NOT NULL, expires_at INTEGER) WITHOUT ROWID;
   CREATE INDEX records_expire ON records (expires_at) WHERE expires_at IS NOT NULL;
   CREATE TABLE revision (n INTEGER NOT NULL);
   INSERT INTO revision VALUES (0);
   CREATE TABLE entries (log TEXT NOT NULL, seq INTEGER NOT NULL, id TEXT NOT NULL, data TEXT NOT NULL, PRIMARY KEY (log, seq)) WITHOUT ROWID;
   CREATE UNIQUE INDEX entries_id ON entries (log, id);
   CREATE TABLE jobs (queue TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, visible_at INTEGER NOT NULL, attempt INTEGER NOT NULL, PRIMARY KEY (queue, id)) WITHOUT ROWID;
   CREATE INDEX jobs_visible ON jobs (queue, visible_at);`,
];

/** Throws CONFLICT for a file of a newer version. `migrations` is for tests. */
export function migrate(database: DatabaseSync, file: string, migrations = MIGRATIONS): void {
  const have = versionOf(database);
  if (have > migrations.length) throw RunAgentError.from(newer(file, have, migrations.length));
  if (have === migrations.length) return;
  if (have > 0) copyBefore(database, file, have);
  database.exec("BEGIN EXCLUSIVE");
  try {
    for (const statements of migrations.slice(have)) database.exec(statements);
    database.exec(`PRAGMA user_version = ${migrations.length}; COMMIT`);
  } catch (error) {
    database.exec("ROLLBACK");
    throw error;
  }
}

export function versionOf(database: DatabaseSync): number {
  const row = database.prepare("PRAGMA user_version").get();
  return Number(row?.user_version);
}

/** What was there before a migration stays beside it, until somebody deletes it. */
function copyBefore(database: DatabaseSync, file: string, version: number): void {
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const copy = `${file}.v${version}`;
  if (existsSync(copy)) return;
  copyFileSync(file, copy);
  const handle = openSync(copy, "r");
  fsyncSync(handle); // a power cut after the migration leaves it whole
  closeSync(handle);
}

const newer = (file: string, have: number, known: number) =>
  problem("CONFLICT", `${file} is of a newer RunAgent: its schema is ${have}, this one knows ${known}.`, {
    hint: "Run the newer version, or restore a backup that was made with this one.",
  });
