/** Whether the files that a config names are there. The caller does the looking. */
import { isObject } from "./check.ts";
import { closest } from "./closest.ts";
import { normalised } from "./formats.ts";

/** A file that a config names, relative to the agent's folder, with forward slashes. */
export interface NamedFile {
  readonly file: string;
  readonly pointer: string;
}

export interface FileLookup {
  /** What is at that path, relative to the agent's folder. */
  kind(path: string): "file" | "folder" | null;
  /** The agent's source files, for suggestions. Asked only when one is missing. */
  sources(): readonly string[];
}

/** Files of entrypoints and of the lifespan. Takes what it can read: other parts may be wrong. */
export function namedFiles(value: unknown): NamedFile[] {
  if (!isObject(value)) return [];
  const architecture = value.agent_architecture;
  const items = isObject(architecture) && Array.isArray(architecture.entrypoints) ? architecture.entrypoints : [];
  const named: { file: unknown; pointer: string }[] = items.map((item: unknown, i) => ({
    file: isObject(item) ? item.file : undefined,
    pointer: `/agent_architecture/entrypoints/${i}/file`,
  }));
  const lifespan = typeof value.lifespan === "string" ? value.lifespan.replace(/:[^:]*$/, "") : undefined;
  return [...named, { file: lifespan, pointer: "/lifespan" }].flatMap(({ file, pointer }) => {
    const path = typeof file === "string" && !/^([/\\]|[A-Za-z]:)/.test(file) ? normalised(file) : null;
    return path === null || path === "" ? [] : [{ file: path, pointer }];
  });
}

export interface MissingFile extends NamedFile {
  readonly found: string;
  readonly suggestion: string | null;
}

export function missingFiles(named: readonly NamedFile[], lookup: FileLookup): MissingFile[] {
  return named.flatMap((one) => {
    const kind = lookup.kind(one.file);
    if (kind === "file") return [];
    const found = kind === "folder" ? `the folder "${one.file}"` : `"${one.file}", which does not exist`;
    return [{ ...one, found, suggestion: nearFile(one.file, lookup.sources()) }];
  });
}

function nearFile(file: string, sources: readonly string[]): string | null {
  const base = file.slice(file.lastIndexOf("/") + 1);
  const moved = sources.find((one) => one.slice(one.lastIndexOf("/") + 1) === base);
  const meant = moved ?? closest(file, sources);
  if (meant !== undefined) return `Did you mean "${meant}"?`;
  return sources.length === 0 ? null : `There is ${sources.slice(0, SHOWN_SOURCES).join(", ")}.`;
}

const SHOWN_SOURCES = 5;
