/** Opens the file as it must be written: what was said to be written survives a power cut. */
import { DatabaseSync } from "node:sqlite";
import { migrate } from "./schema.ts";

/** Throws when the file is none of ours, is damaged, or is of a newer version. */
export function openForWriting(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  try {
    database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000");
    database.exec("PRAGMA journal_size_limit = 67108864; PRAGMA wal_autocheckpoint = 1000");
    migrate(database, file);
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
