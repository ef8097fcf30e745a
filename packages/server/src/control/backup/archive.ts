/** A backup's file: a tar archive with the databases, the contents, and the master key when it was asked for. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { open, readdir } from "node:fs/promises";
import { join } from "node:path";

export const DATABASE = "engine.db";
/** Ended runs. Not in a backup of format 1, nor where no run has ended yet. */
export const RUNS = "runs.db";
export const BLOBS = "blobs";
export const KEY = "master.key";
/** Says what the archive is, and is its first member. */
export const ABOUT = "backup.json";
/** Half-written contents, of uploads that go on. */
export const UNFINISHED = "new";
export const FORMAT = 2;

/** What tar says is kept up to here: it may name every file. */
const MOST_SAID = 2000;

/** Rejects with what tar said. */
export async function tar(args: readonly string[]): Promise<void> {
  const process = spawn("tar", args, { stdio: ["ignore", "ignore", "pipe"] });
  const said: string[] = [];
  let length = 0;
  process.stderr.setEncoding("utf8").on("data", (part: string) => {
    if (length < MOST_SAID) said.push(part);
    length += part.length;
  });
  const [code] = await once(process, "close");
  if (code !== 0) throw new Error(`tar ended with ${String(code)}: ${said.join("").slice(0, MOST_SAID).trim()}`);
}

/** Resolves when the file, or the folder's list of names, is on disk. */
export async function sync(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Every finished content below a blob folder: its two-digit part and its name. */
export async function contents(folder: string): Promise<{ readonly part: string; readonly name: string }[]> {
  const found: { readonly part: string; readonly name: string }[] = [];
  for (const part of await names(folder)) {
    if (part === UNFINISHED) continue;
    for (const name of await names(join(folder, part))) found.push({ part, name });
  }
  return found;
}

/** Of what is not there: none. */
async function names(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
