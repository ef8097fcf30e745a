/** The variables of an agent's folder: shell, `--env-file` and `.env`, the strongest first; and how its files are read. */
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import type { ConfigProblem, Lookup } from "@runagent/protocol/config";
import { parseEnvFile } from "./env-file.ts";

type Shell = Readonly<Record<string, string | undefined>>;

export interface FolderVariables {
  /** Names that `.env` or `--env-file` give a value. */
  readonly files: ReadonlySet<string>;
  readonly values: Readonly<Record<string, string>>;
  readonly lookup: Lookup;
  readonly problems: readonly ConfigProblem[];
}

/** The agent sees the shell's environment less `RUNAGENT_*` (S2). */
export async function readVariables(root: string, envFile: string | null, shell: Shell): Promise<FolderVariables> {
  const own = Object.fromEntries(
    Object.entries(shell).flatMap(([name, value]) =>
      value === undefined || name.startsWith("RUNAGENT_") ? [] : [[name, value]],
    ),
  );
  const outer: Lookup = (name) => own[name];
  const dotenv = await readEnvFile(join(root, ".env"), ".env", outer);
  const named = envFile === null ? NO_FILE : await readEnvFile(envFile, envFile, outer);
  const values: Record<string, string> = { ...dotenv.values, ...named.values, ...own };
  const missing = envFile !== null && named.absent ? [unreadable(envFile, "no such file")] : [];
  const lookup: Lookup = (name) => (Object.hasOwn(values, name) ? values[name] : undefined);
  const files = new Set([...Object.keys(dotenv.values), ...Object.keys(named.values)]);
  return { values, files, lookup, problems: [...dotenv.problems, ...named.problems, ...missing] };
}

interface EnvReading {
  readonly absent: boolean;
  readonly values: Readonly<Record<string, string>>;
  readonly problems: readonly ConfigProblem[];
}

const NO_FILE: EnvReading = { absent: true, values: {}, problems: [] };

async function readEnvFile(path: string, shown: string, outer: Lookup): Promise<EnvReading> {
  const text = await readText(path);
  if (text === null) return NO_FILE;
  if (typeof text !== "string") return { absent: false, values: {}, problems: [unreadable(shown, text.why)] };
  const { values, problems } = parseEnvFile(text, outer);
  return {
    absent: false,
    values,
    problems: problems.map(({ line, found }) => ({
      ...at(shown, line),
      found,
      expected: "NAME=value",
      severity: "warning",
    })),
  };
}

const at = (file: string, line: number) => ({ file, line, column: 1, pointer: "", suggestion: null });

export const unreadable = (file: string, why: string): ConfigProblem => ({
  ...at(file, 1),
  found: why,
  expected: "a readable text file in UTF-8",
  severity: "error",
});

/** Null: there is none. */
export async function readText(path: string): Promise<string | null | { readonly why: string }> {
  try {
    const stats = await stat(path);
    if (!stats.isFile()) return stats.isDirectory() ? { why: "a folder" } : null;
    if (stats.size > DEFAULT_LIMITS.config_file) return { why: `a file of ${stats.size} bytes` };
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    if (error instanceof TypeError) return { why: "bytes that are no UTF-8" };
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    return code === "ENOENT" || code === "ENOTDIR" ? null : { why: `a file that cannot be read (${String(code)})` };
  }
}
