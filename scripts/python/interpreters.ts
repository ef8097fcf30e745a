/**
 * Which Pythons this machine has: PATH first, then pyenv's. Each candidate is run and asked, because a shim may be
 * there for a version that is not.
 */
import { readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { command } from "../run/command.ts";

export const PYTHON_VERSIONS = ["3.10", "3.11", "3.12", "3.13"] as const;

export interface Interpreter {
  /** `3.12` */
  readonly version: string;
  /** Absolute path of the executable itself, never of a shim. */
  readonly path: string;
}

const ASK = "import sys; print('%d.%d %s' % (sys.version_info[0], sys.version_info[1], sys.executable))";

/** One interpreter for each supported version that is here, oldest first. */
export async function findInterpreters(): Promise<Interpreter[]> {
  const found = new Map<string, Interpreter>();
  for (const candidate of candidates()) {
    const one = await ask(candidate);
    if (one !== null && !found.has(one.version)) found.set(one.version, one);
  }
  return PYTHON_VERSIONS.flatMap((version) => found.get(version) ?? []);
}

function candidates(): string[] {
  const pyenv = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const names = ["python3", "python", ...PYTHON_VERSIONS.map((version) => `python${version}`)];
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const onPath = folders.flatMap((folder) =>
    names.filter((name) => has(folder, name)).map((name) => join(folder, name)),
  );
  return [...onPath, ...entries(pyenv).map((version) => join(pyenv, version, "bin", "python3"))];
}

const has = (folder: string, name: string): boolean => entries(folder).includes(name);

function entries(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    // A folder of PATH that does not exist holds no Python.
    return [];
  }
}

async function ask(path: string): Promise<Interpreter | null> {
  const { ok, output } = await command([path, "-c", ASK]);
  const match = /^(\d+\.\d+) (.+)$/m.exec(output);
  return ok && match?.[1] !== undefined && match[2] !== undefined ? { version: match[1], path: match[2] } : null;
}
