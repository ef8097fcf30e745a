/**
 * A data directory from a backup. It is laid out beside its place and looked through there: what is damaged is refused, and
 * a directory in use is never touched.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { pipeline } from "node:stream/promises";
import { RunAgentError } from "@runagent/protocol";
import { ABOUT, BLOBS, contents, DATABASE, FORMAT, KEY, RUNS, sync, tar } from "./archive.ts";

export interface RestoreOptions {
  /** Is not there yet, or is empty. */
  readonly dataDir: string;
  readonly file: string;
}

export interface RestoreResult {
  readonly contents: number;
  /** False: the server needs the master key before it can read secrets. */
  readonly withKey: boolean;
}

interface About extends RestoreResult {
  /** What the archive has beside what says so. */
  readonly members: readonly string[];
}

/** Rejects with CONFLICT for a directory with something in it, INVALID_INPUT for what is no whole backup. */
export async function restore({ dataDir, file }: RestoreOptions): Promise<RestoreResult> {
  const place = resolve(dataDir);
  await refuseWhatIsUsed(place);
  await mkdir(dirname(place), { recursive: true });
  const stage = await mkdtemp(`${place}.restoring-`);
  try {
    const result = await layOut(resolve(file), stage);
    await rename(stage, place).catch((error: unknown) => {
      throw new RunAgentError("CONFLICT", `${place} is used by now. Nothing was restored.`, {}, { cause: error });
    });
    await sync(dirname(place));
    return result;
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}

async function refuseWhatIsUsed(place: string): Promise<void> {
  const there = await readdir(place).catch((error: unknown) => {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  });
  if (there.length === 0) return;
  const detail = `${place} is not empty. Restore into a new directory, and start the server with that one.`;
  throw new RunAgentError("CONFLICT", detail);
}

async function layOut(file: string, stage: string): Promise<RestoreResult> {
  try {
    await tar(["-xf", file, "-C", stage, "--no-same-owner"]);
    const about = aboutOf(await readFile(join(stage, ABOUT), "utf8"));
    await rm(join(stage, ABOUT));
    await refuseOthers(stage, about.members);
    for (const name of [DATABASE, RUNS]) if (about.members.includes(name)) checkDatabase(stage, name);
    const count = await checkContents(join(stage, BLOBS));
    if (count !== about.contents) throw new Error(`${count} contents are in it, ${about.contents} should be`);
    for (const name of about.members) await sync(join(stage, name));
    await sync(stage);
    return { contents: count, withKey: about.withKey };
  } catch (error) {
    if (isFull(error)) throw new RunAgentError("STORAGE_FULL", "The disk is full.", {}, { cause: error });
    const why = error instanceof Error ? error.message : String(error);
    throw new RunAgentError("INVALID_INPUT", `${file} is no whole backup: ${why}.`, {}, { cause: error });
  }
}

function aboutOf(text: string): About {
  const about: unknown = JSON.parse(text);
  if (typeof about !== "object" || about === null || !("format" in about)) throw new Error(`${ABOUT} says nothing`);
  if (about.format !== 1 && about.format !== FORMAT) {
    throw new Error(`its format is ${String(about.format)}, this RunAgent knows 1 to ${FORMAT}; use the newer one`);
  }
  if (!("contents" in about) || typeof about.contents !== "number") throw new Error(`${ABOUT} has no \`contents\``);
  const withKey = "with_key" in about && about.with_key === true;
  const withRuns = "with_runs" in about && about.with_runs === true;
  const members = [DATABASE, BLOBS, ...(withRuns ? [RUNS] : []), ...(withKey ? [KEY] : [])];
  return { contents: about.contents, withKey, members };
}

/** An archive of somebody else may hold links and what no data directory has. */
async function refuseOthers(stage: string, known: readonly string[]): Promise<void> {
  for (const name of await readdir(stage)) {
    if (!known.includes(name)) throw new Error(`${name} does not belong into it`);
  }
  for (const name of known) {
    const found = await lstat(join(stage, name));
    if (name === BLOBS ? !found.isDirectory() : !found.isFile()) throw new Error(`${name} is not what it should be`);
  }
}

function checkDatabase(folder: string, name: string): void {
  const database = new DatabaseSync(join(folder, name));
  try {
    const found = database.prepare("PRAGMA integrity_check").get();
    if (found?.integrity_check !== "ok") throw new Error(`${name} is damaged`);
    database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  } finally {
    database.close();
  }
}

/** Each is what its name says. */
async function checkContents(folder: string): Promise<number> {
  const all = await contents(folder);
  for (const { part, name } of all) {
    const path = join(folder, part, name);
    const isFile = (await lstat(join(folder, part))).isDirectory() && (await lstat(path)).isFile();
    if (!isFile || (await hashOf(path)) !== name) throw new Error(`the content ${name} is damaged`);
    await sync(path);
  }
  for (const part of new Set(all.map((one) => one.part))) await sync(join(folder, part));
  return all.length;
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && (("code" in error && error.code === "ENOSPC") || /No space left/.test(error.message));
