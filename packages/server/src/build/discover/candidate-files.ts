/**
 * The source files in which an agent may stand, the nearest first and those with a telling name before others. Not
 * tests, environments, builds, examples. Bounded, so that a home folder takes no longer than a project.
 */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { type Language, languageOf } from "@runagent/protocol/config";

export interface CandidateFiles {
  /** Relative to the folder, with forward slashes. */
  readonly files: Readonly<Record<Language, readonly string[]>>;
  /** Every `langgraph.json`, the nearest first. */
  readonly langgraph: readonly string[];
  /** There are more than are looked at. */
  readonly cut: boolean;
}

export function candidateFiles(root: string): CandidateFiles {
  const found: string[] = [];
  const langgraph: string[] = [];
  let level = [""];
  for (let depth = 0; depth <= DEFAULT_LIMITS.discover_depth && level.length > 0; depth += 1) {
    const files: string[] = [];
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of entriesOf(join(root, folder))) {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!passedOver(entry.name)) next.push(path);
        } else if (entry.name === "langgraph.json") langgraph.push(path);
        else if (isSource(entry.name) && isSmall(join(root, path))) files.push(path);
      }
    }
    found.push(...files.sort(byName));
    if (found.length > DEFAULT_LIMITS.discover_files) break;
    level = next.sort();
  }
  const kept = found.slice(0, DEFAULT_LIMITS.discover_files);
  const of = (language: Language): string[] => kept.filter((file) => languageOf(file) === language);
  return { files: { python: of("python"), node: of("node") }, langgraph, cut: kept.length < found.length };
}

const FOLDERS = new Set([
  ...["node_modules", "venv", "env", "site-packages", "__pycache__", "dist", "build", "out", "target", "vendor"],
  ...["test", "tests", "__tests__", "e2e", "evals", "eval", "benchmarks", "examples", "example", "samples"],
  ...["docs", "doc", "notebooks", "migrations", "alembic", "static", "public", "fixtures", "coverage"],
]);

const passedOver = (name: string): boolean => name.startsWith(".") || name.endsWith(".egg-info") || FOLDERS.has(name);

const NO_SOURCE =
  /^(test_.*|.*_test|conftest|setup|noxfile|manage)\.py$|\.(test|spec|stories|config|d)\.[cm]?[jt]sx?$|^\.|\.min\.js$/;

const isSource = (name: string): boolean => languageOf(name) !== undefined && !NO_SOURCE.test(name);

function isSmall(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true && stats.size <= DEFAULT_LIMITS.discover_file;
}

const TELLING = ["agent", "main", "app", "index", "graph", "crew", "workflow", "flow"];

/** In one folder `agent.py` comes before `main.py`, before what has another name. */
function byName(a: string, b: string): number {
  const folder = a.slice(0, a.lastIndexOf("/") + 1);
  const other = b.slice(0, b.lastIndexOf("/") + 1);
  if (folder !== other) return folder < other ? -1 : 1;
  return rank(a) - rank(b) || (a < b ? -1 : 1);
}

function rank(path: string): number {
  const at = TELLING.indexOf(stemOf(path));
  return at < 0 ? TELLING.length : at;
}

export const isTellingFile = (path: string): boolean => TELLING.includes(stemOf(path));

/** `src/agent.py` → `agent`. */
export const stemOf = (path: string): string => path.slice(path.lastIndexOf("/") + 1).replace(/\.[a-z]+$/, "");

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // what cannot be read holds no agent that could be served
  }
}
