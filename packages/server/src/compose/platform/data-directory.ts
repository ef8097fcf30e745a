/**
 * The one directory in which a server keeps everything. Only one server at a time has it: the lock is one of the operating
 * system's, so it is gone with the process that held it, whatever ended that.
 */
import { accessSync, constants, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { problem, RunAgentError } from "@runagent/protocol";
import { ServeRefused } from "../serve-options.ts";

export interface DataDirectory {
  readonly path: string;
  readonly bundles: string;
  readonly cache: string;
  readonly logs: string;
  /** Private and short-lived: sockets (their paths must be short). */
  readonly sockets: string;
  /** Says where this server listens, for `server status` and `server stop`. */
  announce(state: ServerState): void;
  close(): void;
}

/** What `server.json` says of the server that has the directory. */
export interface ServerState {
  readonly url: string;
  readonly pid: number;
}

/** Throws ServeRefused, exit 3, when the directory is in use or cannot be written. */
export function openDataDirectory(path: string): DataDirectory {
  makeFolder(path);
  const lock = takeLock(path);
  const file = stateFile(path);
  rmSync(file, { force: true });
  const inside = (name: string): string => {
    const folder = join(path, name);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    return folder;
  };
  return {
    path,
    bundles: inside("bundles"),
    cache: inside("cache"),
    logs: inside("logs"),
    sockets: inside("s"),
    announce(state) {
      writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    close() {
      if (!lock.isOpen) return; // the directory may be another server's by now
      rmSync(file, { force: true });
      lock.close();
    },
  };
}

/** What runs there, as far as it says so; null: nothing that does. */
export function readServerState(path: string): ServerState | null {
  if (!isInUse(path)) return null;
  try {
    const value: unknown = JSON.parse(readFileSync(stateFile(path), "utf8"));
    return isState(value) ? value : null;
  } catch {
    return null; // it is only starting, or ending
  }
}

/** Whether a server has the directory now. */
export function isInUse(path: string): boolean {
  try {
    accessSync(lockFile(path), constants.F_OK);
  } catch {
    return false;
  }
  try {
    takeLock(path).close();
    return false;
  } catch (error) {
    if (error instanceof ServeRefused) return true;
    throw error;
  }
}

const lockFile = (path: string): string => join(path, "lock");
const stateFile = (path: string): string => join(path, "server.json");

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    accessSync(path, constants.W_OK | constants.X_OK);
    const probe = join(path, ".probe");
    writeFileSync(probe, "");
    rmSync(probe);
  } catch (error) {
    throw new ServeRefused(3, unwritable(path, codeOf(error)), { cause: error });
  }
}

function unwritable(path: string, code: string) {
  const full = code === "ENOSPC";
  const why = full ? "its disk is full" : `it cannot be written (${code})`;
  const mend = full ? "free some space there" : "make this one writable for this user";
  return problem("CONFLICT", `The data directory ${path} cannot be used: ${why}.`, {
    hint: `Name another with --data DIR or RUNAGENT_DATA, or ${mend}.`,
  });
}

function takeLock(path: string): DatabaseSync {
  let database: DatabaseSync | null = null;
  try {
    database = new DatabaseSync(lockFile(path));
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
    return database;
  } catch (error) {
    database?.close();
    if (sqliteCode(error) === SQLITE_FULL) throw new ServeRefused(3, unwritable(path, "ENOSPC"), { cause: error });
    if (sqliteCode(error) !== SQLITE_BUSY) throw RunAgentError.wrap(error);
    const detail = `Another server has the data directory ${path}.`;
    const hint = "Look with `runagent server status`, end it with `runagent server stop`, or name another --data DIR.";
    throw new ServeRefused(3, problem("CONFLICT", detail, { hint }), { cause: error });
  }
}

const SQLITE_BUSY = 5;
const SQLITE_FULL = 13;

const sqliteCode = (error: unknown): unknown =>
  error instanceof Error && "errcode" in error ? error.errcode : undefined;

const codeOf = (error: unknown): string =>
  error instanceof Error && "code" in error ? String(error.code) : String(error);

function isState(value: unknown): value is ServerState {
  if (typeof value !== "object" || value === null) return false;
  return "url" in value && typeof value.url === "string" && "pid" in value && typeof value.pid === "number";
}
