/**
 * Built things by the hash of what they are built from. `KEY.json` is published by one rename when its directory is
 * complete, so there is no half-built thing; directories that nobody published or holds are swept before a build. At most
 * `environment_cache` are kept; one that a living process uses is never deleted.
 */
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { acquire, isAlive, isHeld, tryAcquire } from "./lock.ts";

export interface CacheRequest {
  /** The cache's folder. */
  readonly folder: string;
  readonly key: string;
  readonly signal: AbortSignal;
  /** Somebody else builds the same. */
  readonly onWait: () => void;
  /** Whether what was built before still works. */
  readonly works: (directory: string) => boolean;
  /** Fills a fresh directory that will not be moved; the tool's name. */
  readonly build: (directory: string) => Promise<string>;
  readonly keep?: number;
}

export interface CacheEntry {
  readonly directory: string;
  readonly tool: string;
  /** 0: it was there. */
  readonly ms: number;
}

export async function cached(request: CacheRequest): Promise<CacheEntry> {
  const { folder, key } = request;
  await mkdir(join(folder, "uses"), { recursive: true });
  // First the mark, then the look: whoever evicts looks at the marks again after hiding the entry.
  await writeFile(join(folder, "uses", `${key}.${process.pid}`), "");
  const there = await published(request);
  if (there !== null) return there;
  const lock = await acquire(join(folder, `${key}.lock`), request.signal, request.onWait);
  try {
    return (await published(request)) ?? (await build(request));
  } finally {
    await lock.release();
  }
}

async function published({ folder, key, works }: CacheRequest): Promise<CacheEntry | null> {
  const path = join(folder, `${key}.json`);
  const entry = parseEntry(await readFile(path, "utf8").catch(() => ""));
  if (entry === null || !works(join(folder, entry.directory))) return null;
  await utimes(path, new Date(), new Date());
  return { directory: join(folder, entry.directory), tool: entry.tool, ms: 0 };
}

function parseEntry(text: string): { directory: string; tool: string } | null {
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || !("directory" in value) || !("tool" in value)) return null;
    const { directory, tool } = value;
    return typeof directory === "string" && typeof tool === "string" ? { directory, tool } : null;
  } catch {
    return null; // damaged: built again
  }
}

async function build(request: CacheRequest): Promise<CacheEntry> {
  const { folder, key } = request;
  await sweep(folder, key);
  const started = performance.now();
  const name = `${key}-${crypto.randomUUID().slice(0, 8)}`;
  const directory = join(folder, name);
  try {
    await mkdir(directory);
    const tool = await request.build(directory);
    request.signal.throwIfAborted();
    const draft = join(directory, "runagent-entry.json");
    await writeFile(draft, JSON.stringify({ directory: name, tool }), { flush: true });
    await rename(draft, join(folder, `${key}.json`));
    await evict(folder, request.keep ?? DEFAULT_LIMITS.environment_cache);
    return { directory, tool, ms: Math.max(1, Math.round(performance.now() - started)) };
  } catch (error) {
    await rm(directory, { recursive: true, force: true, maxRetries: 3 });
    throw error;
  }
}

/** Deletes directories that are not published and that nobody builds; `own` is locked by us. */
async function sweep(folder: string, own: string): Promise<void> {
  const names = await readdir(folder);
  const entries = names.filter((name) => name.endsWith(".json"));
  const texts = await Promise.all(entries.map((name) => readFile(join(folder, name), "utf8").catch(() => "")));
  const kept = new Set(texts.map((text) => parseEntry(text)?.directory));
  for (const name of names) {
    const key = /^([0-9a-f]+)-[0-9a-f]{8}$/.exec(name)?.[1];
    if (key === undefined || (kept.has(name) && key !== own)) continue;
    if (key !== own && (await isHeld(join(folder, `${key}.lock`)))) continue;
    await rm(join(folder, name), { recursive: true, force: true });
  }
}

async function evict(folder: string, keep: number): Promise<void> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".json"));
  const aged = await Promise.all(
    names.map(async (name) => ({ key: name.slice(0, -".json".length), at: (await stat(join(folder, name))).mtimeMs })),
  );
  const old = aged.toSorted((a, b) => b.at - a.at).slice(keep);
  for (const { key } of old) await evictOne(folder, key);
}

async function evictOne(folder: string, key: string): Promise<void> {
  if (await isUsed(folder, key)) return;
  const lock = await tryAcquire(join(folder, `${key}.lock`));
  if (lock === null) return;
  const [path, hidden] = [join(folder, `${key}.json`), join(folder, `${key}.hidden`)];
  try {
    await rename(path, hidden);
    if (await isUsed(folder, key)) {
      await rename(hidden, path);
      return;
    }
    const entry = parseEntry(await readFile(hidden, "utf8"));
    if (entry !== null) await rm(join(folder, entry.directory), { recursive: true, force: true });
    await rm(hidden, { force: true });
  } finally {
    await lock.release();
  }
}

async function isUsed(folder: string, key: string): Promise<boolean> {
  let used = false;
  for (const name of await readdir(join(folder, "uses"))) {
    const pid = Number(name.slice(name.lastIndexOf(".") + 1));
    if (!isAlive(pid)) await rm(join(folder, "uses", name), { force: true });
    else if (name.startsWith(`${key}.`)) used = true;
  }
  return used;
}
