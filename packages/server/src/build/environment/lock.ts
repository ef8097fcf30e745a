/**
 * A lock between processes: a file that names its holder. A holder that is gone, or has not touched its file for a while
 * (its number belongs to somebody else now), has lost it.
 */
import { readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

const BEAT_MS = 2_000;
const LOST_MS = 30_000;
const POLL_MS = 100;

export interface Lock {
  /** May be called twice. */
  release(): Promise<void>;
}

/** Waits for the lock; `onWait` is told once when somebody else has it. */
export async function acquire(path: string, signal: AbortSignal, onWait: () => void): Promise<Lock> {
  for (let told = false; ; ) {
    signal.throwIfAborted();
    const lock = await tryAcquire(path);
    if (lock !== null) return lock;
    if (!told) onWait();
    told = true;
    await delay(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted()); // its own reason, not a timer's
  }
}

/** Null when somebody else has it. */
export async function tryAcquire(path: string): Promise<Lock | null> {
  const mine = `${process.pid} ${crypto.randomUUID()}`;
  if (await create(path, mine)) return held(path, mine);
  if (!(await isStale(path))) return null;
  const aside = `${path}.${crypto.randomUUID()}`;
  try {
    await rename(path, aside); // only one of several finders gets it
  } catch {
    return null; // another finder was first
  }
  await rm(aside, { force: true });
  return (await create(path, mine)) ? held(path, mine) : null;
}

/** Whether somebody alive holds it. */
export async function isHeld(path: string): Promise<boolean> {
  const holder = await holderOf(path);
  return holder !== null && !(await isStale(path));
}

export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

async function create(path: string, mine: string): Promise<boolean> {
  try {
    await writeFile(path, mine, { flag: "wx" });
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}

function held(path: string, mine: string): Lock {
  const beat = setInterval(() => {
    utimes(path, new Date(), new Date()).catch(() => clearInterval(beat)); // the folder is gone: nothing to hold
  }, BEAT_MS).unref();
  let released: Promise<void> | undefined;
  const release = async (): Promise<void> => {
    clearInterval(beat);
    if ((await holderOf(path)) === mine) await rm(path, { force: true });
  };
  return { release: () => (released ??= release()) };
}

const holderOf = (path: string): Promise<string | null> => readFile(path, "utf8").catch(() => null);

async function isStale(path: string): Promise<boolean> {
  const holder = await holderOf(path);
  if (holder === null) return false; // released meanwhile
  const pid = Number.parseInt(holder, 10);
  const touched = await stat(path).then(
    (stats) => stats.mtimeMs,
    () => Date.now(),
  );
  const age = Date.now() - touched;
  // A file without a number is one that is being written.
  return Number.isNaN(pid) ? age > LOST_MS : !isAlive(pid) || age > LOST_MS;
}
