/**
 * A copy of the data directory in one file, while the server runs: the engine as it is at one moment, then the ended runs,
 * then the contents, which never change. In this order, because a durable run leaves the engine only when it is among the
 * ended ones: the copy has it once at least. Environments, sandboxes and logs are not in it. The file appears whole or not
 * at all.
 */
import { link, mkdir, mkdtemp, rename, rm, stat, statfs, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { backup as copyDatabase, DatabaseSync } from "node:sqlite";
import { RunAgentError } from "@runagent/protocol";
import { ABOUT, BLOBS, contents, DATABASE, FORMAT, KEY, RUNS, sync, tar } from "./archive.ts";

export interface BackupOptions {
  readonly dataDir: string;
  readonly file: string;
  /** Without the master key, the secrets in it can be read with a key that was kept elsewhere only. */
  readonly withKey: boolean;
}

export interface BackupResult {
  readonly bytes: number;
  /** Contents of bundles. */
  readonly contents: number;
  readonly withKey: boolean;
}

/** Copied in one step, on another thread: what is written meanwhile begins no second copy. */
const ALL_PAGES = 2 ** 31 - 1;

/**
 * Rejects with CONFLICT when the file is there already, INVALID_REQUEST for a folder that is no data directory, STORAGE_FULL
 * when it has no room for the copies.
 */
export async function backup({ dataDir, file, withKey }: BackupOptions): Promise<BackupResult> {
  await refuseWhatCannotBe({ dataDir, file, withKey });
  const withRuns = await isThere(join(dataDir, RUNS));
  const databases = withRuns ? [DATABASE, RUNS] : [DATABASE];
  await refuseWithoutRoom(dataDir, databases);
  const stage = await mkdtemp(join(dataDir, ".backup-"));
  const unfinished = `${resolve(file)}.unfinished`;
  try {
    for (const name of databases) await copyOf(join(dataDir, name), join(stage, name));
    const count = await linkContents(join(dataDir, BLOBS), join(stage, BLOBS));
    if (withKey) await link(join(dataDir, KEY), join(stage, KEY));
    const about = { format: FORMAT, contents: count, with_key: withKey, with_runs: withRuns };
    await writeFile(join(stage, ABOUT), `${JSON.stringify(about)}\n`);
    await writeFile(unfinished, "", { mode: 0o600 });
    const members = [ABOUT, ...databases, BLOBS, ...(withKey ? [KEY] : [])];
    await tar(["-cf", unfinished, "-C", stage, ...members]);
    await sync(unfinished);
    await rename(unfinished, file);
    await sync(dirname(resolve(file)));
    return { bytes: (await stat(file)).size, contents: count, withKey };
  } finally {
    await rm(unfinished, { force: true });
    await rm(stage, { recursive: true, force: true });
  }
}

async function refuseWhatCannotBe({ dataDir, file, withKey }: BackupOptions): Promise<void> {
  if (!(await isThere(join(dataDir, DATABASE)))) {
    throw new RunAgentError("INVALID_REQUEST", `${dataDir} is no data directory: ${DATABASE} is not in it.`);
  }
  if (await isThere(file)) throw new RunAgentError("CONFLICT", `${file} is there already. Name a new file.`);
  if (withKey && !(await isThere(join(dataDir, KEY)))) {
    const detail = `${KEY} is not in ${dataDir}: the key was given to the server otherwise. Keep it as you do, and back up without it.`;
    throw new RunAgentError("INVALID_REQUEST", detail);
  }
}

async function refuseWithoutRoom(dataDir: string, databases: readonly string[]): Promise<void> {
  let wanted = 0;
  for (const name of databases) wanted += (await stat(join(dataDir, name))).size;
  const { bavail, bsize } = await statfs(dataDir);
  if (bavail * bsize >= wanted) return;
  const found = `${dataDir} has room for ${bavail * bsize} bytes, copies of ${databases.join(" and ")} need ${wanted}`;
  throw new RunAgentError("STORAGE_FULL", `${found}. Make room there, then back up again.`);
}

async function copyOf(from: string, to: string): Promise<void> {
  const database = new DatabaseSync(from, { readOnly: true });
  try {
    await copyDatabase(database, to, { rate: ALL_PAGES });
  } finally {
    database.close();
  }
}

/** Links keep what is collected while the archive is written. */
async function linkContents(from: string, to: string): Promise<number> {
  await mkdir(to);
  const all = await contents(from);
  for (const part of new Set(all.map((one) => one.part))) await mkdir(join(to, part));
  for (const { part, name } of all) await link(join(from, part, name), join(to, part, name));
  return all.length;
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
