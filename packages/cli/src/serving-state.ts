/**
 * Which `serve` runs for which folder: a small file per process below RUNAGENT_HOME, so that `run` finds it. Written when
 * it is ready, removed when it ends; what a killed one left behind is ignored and cleared. Files are whole or absent.
 */
import { createHash } from "node:crypto";
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";

export interface ServingState {
  readonly url: string;
  readonly pid: number;
  readonly root: string;
}

/** Says that this process serves the folder. The result takes it back; it may be called twice. */
export function announceServing(home: string, state: ServingState): () => void {
  const folder = stateFolder(home, state.root);
  const file = join(folder, `${state.pid}.json`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(`${file}.new`, JSON.stringify(state), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return () => rmSync(file, { force: true });
}

/** The one that began last, of those that still run. */
export function findServing(home: string, root: string): ServingState | undefined {
  const folder = stateFolder(home, root);
  const files = statesIn(folder).toSorted((a, b) => b.since - a.since);
  for (const { file } of files) {
    const state = readState(file);
    if (state !== undefined && isAlive(state.pid)) return state;
    rmSync(file, { force: true });
  }
  return undefined;
}

function stateFolder(home: string, root: string): string {
  const name = createHash("sha256").update(realRoot(root)).digest("hex").slice(0, 16);
  return join(home, "serving", name);
}

/** One folder, however it is written. A folder that is gone has only its name. */
function realRoot(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return root;
  }
}

function statesIn(folder: string): { readonly file: string; readonly since: number }[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith(".json"));
    return names.map((name) => ({ file: join(folder, name), since: statSync(join(folder, name)).mtimeMs }));
  } catch {
    return []; // nobody served it, or one ended while we looked
  }
}

function readState(file: string): ServingState | undefined {
  try {
    const value: unknown = JSON.parse(readFileSync(file, "utf8"));
    return isState(value) ? value : undefined;
  } catch {
    return undefined; // it ended while we looked, or it is none of ours
  }
}

function isState(value: unknown): value is ServingState {
  return (
    typeof value === "object" &&
    value !== null &&
    "url" in value &&
    typeof value.url === "string" &&
    "pid" in value &&
    typeof value.pid === "number" &&
    "root" in value &&
    typeof value.root === "string"
  );
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}
