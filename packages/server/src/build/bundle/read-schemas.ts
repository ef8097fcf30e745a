/**
 * JSON Schemas of the first parameter's and the returned type of TypeScript entrypoints. Read in a process of its own,
 * because a compiler blocks; plain JavaScript is never looked at. Kept by the content of the files that went in.
 */
import { fork } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";

export type Schemas = Readonly<Record<string, { readonly input?: unknown; readonly output?: unknown }>>;

export interface SchemaRequest {
  readonly root: string;
  readonly entrypoints: readonly { readonly tag: string; readonly file: string; readonly module: string }[];
  readonly signal: AbortSignal;
  /** Where results are kept, and the agent's own files (of the bundle), whose content is the key. */
  readonly cache?: { readonly folder: string; readonly inputs: readonly string[] };
}

const TYPED = new Set([".ts", ".tsx", ".mts", ".cts"]);
const LONGEST_MS = 30_000;

/** Never rejects but for the signal: what cannot be read has no schema. */
export async function readSchemas(request: SchemaRequest): Promise<Schemas> {
  const typed = request.entrypoints.filter(({ file }) => TYPED.has(extname(file)));
  if (typed.length === 0) return {};
  const kept = request.cache === undefined ? null : join(request.cache.folder, `${await keyOf(request)}.json`);
  const known = kept === null ? null : await readKept(kept);
  if (known !== null) return known;
  const schemas = await readInProcess({ root: request.root, entrypoints: typed }, request);
  if (schemas === null) return {};
  if (kept !== null) await keep(kept, schemas);
  return schemas;
}

async function keyOf(request: SchemaRequest): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(request.entrypoints));
  for (const file of [...(request.cache?.inputs ?? [])].sort())
    hash.update(`\0${file}\0`).update(await readFile(file).catch(() => ""));
  return hash.digest("hex").slice(0, 32);
}

async function readKept(path: string): Promise<Schemas | null> {
  try {
    return JSON.parse(await readFile(path, "utf8"));
  } catch {
    return null; // not kept yet
  }
}

async function keep(path: string, schemas: Schemas): Promise<void> {
  try {
    await mkdir(join(path, ".."), { recursive: true });
    await writeFile(`${path}.${process.pid}`, JSON.stringify(schemas));
    await rename(`${path}.${process.pid}`, path);
  } catch {
    // A full disk costs the next start some time, nothing else.
  }
}

/** Published, the process is a bundled file beside this one. */
function processFile(): string {
  const ending = import.meta.url.endsWith(".ts") ? "ts" : "mjs";
  return fileURLToPath(new URL(`./schema-process.${ending}`, import.meta.url));
}

function readInProcess(work: object, { signal, cache }: SchemaRequest): Promise<Schemas | null> {
  signal.throwIfAborted();
  const child = fork(processFile(), [], {
    stdio: ["ignore", "ignore", "ignore", "ipc"],
    execArgv: [],
    env: { ...process.env, ...(cache === undefined ? {} : { NODE_COMPILE_CACHE: cache.folder }) },
    signal,
  });
  const timer = setTimeout(() => child.kill("SIGKILL"), LONGEST_MS);
  return new Promise<Schemas | null>((resolve, reject) => {
    let schemas: Schemas | null = null;
    child.on("message", (message: Schemas) => {
      schemas = message;
      child.disconnect(); // which ends it
    });
    child.on("error", () => (signal.aborted ? reject(signal.reason) : resolve(null)));
    child.on("exit", () => (signal.aborted ? reject(signal.reason) : resolve(schemas)));
    child.send(work, () => {}); // a child that is gone already says so by `exit`
  }).finally(() => clearTimeout(timer));
}
