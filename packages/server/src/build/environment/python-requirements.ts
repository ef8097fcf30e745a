/** What a Python project wants installed: which file says it, and every file that has a part in it. */
import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readText } from "./python-find.ts";

export type RequirementsKind = "uv.lock" | "poetry.lock" | "requirements.txt" | "pyproject.toml";

export interface Requirements {
  readonly kind: RequirementsKind;
  readonly folder: string;
  /** Absolute; the first is the one that says it. */
  readonly files: readonly string[];
  /** Nothing is named in it. */
  readonly empty: boolean;
}

export const PROJECT_FILES = ["uv.lock", "poetry.lock", "requirements.txt", "pyproject.toml"] as const;

/** Of the nearest folder that has any; within one, a lock is exact, a list is explicit, a project is both loosely. */
export function findRequirements(folders: readonly string[]): Requirements | null {
  for (const folder of folders) {
    const project = join(folder, "pyproject.toml");
    const text = readText(project);
    for (const kind of PROJECT_FILES) {
      const path = join(folder, kind);
      if (!existsSync(path)) continue;
      if (kind === "requirements.txt") return { kind, folder, files: included(path), empty: isEmptyList(path) };
      if (kind === "pyproject.toml") {
        if (!isProject(text)) continue;
        return { kind, folder, files: [path], empty: !/^\s*(dependencies|\[tool\.poetry\.dep)/m.test(text) };
      }
      return { kind, folder, files: existsSync(project) ? [path, project] : [path], empty: false };
    }
  }
  return null;
}

/** A `pyproject.toml` may hold only settings of tools. */
const isProject = (text: string): boolean => /^\[(project|tool\.poetry)\]/m.test(text);

/** `requires-python` of the nearest `pyproject.toml`. */
export function requiresPython(folders: readonly string[]): { path: string; requirement: string } | null {
  for (const folder of folders) {
    const path = join(folder, "pyproject.toml");
    const requirement = /^requires-python\s*=\s*["']([^"']+)["']/m.exec(readText(path))?.[1];
    if (requirement !== undefined) return { path, requirement };
  }
  return null;
}

/** The file and what it includes with `-r` and `-c`, each once. */
function included(path: string, seen: string[] = []): string[] {
  if (seen.includes(path)) return seen;
  seen.push(path);
  for (const [, name = ""] of readText(path).matchAll(/^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)/gm)) {
    if (!/^[a-z]+:\/\//i.test(name)) included(resolve(dirname(path), name), seen);
  }
  return seen;
}

const isEmptyList = (path: string): boolean => !/^\s*[^#\s]/m.test(readText(path));

/** Lines for pip from `poetry.lock`: the packages of the main group, exact. */
export function fromPoetryLock(text: string): string {
  const packages = text.split(/^\[\[package\]\]$/m).slice(1);
  const lines = packages.flatMap((block) => {
    const own = block.split(/^\[/m)[0] ?? "";
    const field = (name: string): string | undefined => new RegExp(`^${name} = "([^"]*)"`, "m").exec(own)?.[1];
    const groups = /^groups = \[(.*)\]/m.exec(own)?.[1];
    const main = groups === undefined ? (field("category") ?? "main") === "main" : groups.includes('"main"');
    if (!main || /^optional = true/m.test(own)) return [];
    const markers = /^markers = (?:"((?:[^"\\]|\\.)*)"|\{.*?main = "((?:[^"\\]|\\.)*)")/m.exec(own);
    const marker = (markers?.[1] ?? markers?.[2])?.replaceAll('\\"', '"');
    const hashes = Array.from(own.matchAll(/hash = "(sha256:[0-9a-f]+)"/g), ([, hash]) => ` --hash=${hash}`).join("");
    return [`${field("name")}==${field("version")}${marker === undefined ? "" : ` ; ${marker}`}${hashes}`];
  });
  return `${lines.join("\n")}\n`;
}
