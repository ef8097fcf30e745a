/** The archive's file: what is known of runs in one table, what is large of them in another, so that lists stay quick. */
import { DatabaseSync } from "node:sqlite";
import { RunAgentError } from "@runagent/protocol";

const SCHEMA = 2;

const TABLES = `
  CREATE TABLE runs (id TEXT PRIMARY KEY, agent TEXT NOT NULL, status TEXT NOT NULL, session TEXT, batch TEXT, key_id TEXT,
    scope TEXT, created_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, bytes INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX runs_agent ON runs (agent, id);
  CREATE INDEX runs_failed ON runs (status, id) WHERE status <> 'succeeded';
  CREATE INDEX runs_key ON runs (key_id, id) WHERE key_id IS NOT NULL;
  CREATE INDEX runs_session ON runs (session, id) WHERE session IS NOT NULL;
  CREATE INDEX runs_batch ON runs (batch, id) WHERE batch IS NOT NULL;
  CREATE INDEX runs_scope ON runs (scope, id) WHERE scope IS NOT NULL;
  CREATE TABLE parts (id TEXT PRIMARY KEY, about TEXT NOT NULL, events TEXT, logs TEXT) WITHOUT ROWID;
  PRAGMA user_version = ${SCHEMA};`;

/** From each version to the next. */
const STEPS: readonly string[] = [
  `DROP INDEX runs_status; DROP INDEX runs_ended;
  CREATE INDEX runs_failed ON runs (status, id) WHERE status <> 'succeeded';
  ALTER TABLE parts RENAME TO parts_1;
  CREATE TABLE parts (id TEXT PRIMARY KEY, about TEXT NOT NULL, events TEXT, logs TEXT) WITHOUT ROWID;
  INSERT INTO parts SELECT id, about, events, logs FROM parts_1;
  DROP TABLE parts_1;
  PRAGMA user_version = 2;`,
];

/** Throws when the file is none of ours, is damaged, or is of a newer version (CONFLICT). */
export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    database.exec("PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 4000");
    const have = Number(database.prepare("PRAGMA user_version").get()?.user_version);
    if (have > SCHEMA) throw newer(file, have);
    const steps = have === 0 ? TABLES : STEPS.slice(have - 1).join("");
    if (steps !== "") database.exec(`BEGIN EXCLUSIVE; ${steps} COMMIT`);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

export function openForReading(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true });
  database.exec("PRAGMA busy_timeout = 5000");
  return database;
}

const newer = (file: string, have: number): RunAgentError =>
  new RunAgentError("CONFLICT", `${file} is of a newer RunAgent: its schema is ${have}, this one knows ${SCHEMA}.`, {
    hint: "Run the newer version, or move the file away: it holds ended runs only.",
  });
