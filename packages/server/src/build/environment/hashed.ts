/**
 * Whether every file that a lock names is known by its hash: only then may another agent use what was built from it. A
 * folder of the project, a link without a hash, or a list without hashes makes it the agent's own.
 */
import { createHash } from "node:crypto";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { basename, join, relative } from "node:path";
import type { EnvironmentRequest } from "./environment.ts";
import { namesFolders, type Packages } from "./node-packages.ts";
import { readText } from "./python-find.ts";
import { fromPoetryLock, type Requirements } from "./python-requirements.ts";

export function isHashedPython({ kind, files }: Requirements): boolean {
  const text = readText(files[0] ?? "");
  switch (kind) {
    case "uv.lock":
      return (
        !/source = \{ (?:git|path|directory|url) =|\{ url = "[^"]*"(?!, hash = )/.test(text) &&
        localOfUvLock(text).length === 0
      );
    case "poetry.lock":
      return !/^type = "(?:git|directory|file|url)"/m.test(text) && everyHashed(fromPoetryLock(text));
    case "requirements.txt":
      return files.every((file) => everyHashed(readText(file)));
    case "pyproject.toml":
      return false;
  }
}

const everyHashed = (list: string): boolean => listed(list).every((line) => line.includes("--hash="));

/** Members and folders beside the project itself. */
export function localOfUvLock(text: string): string[] {
  const folders = text.matchAll(/^source = \{ (?:editable|virtual|directory) = "([^"]*)"/gm);
  return Array.from(folders, ([, folder = ""]) => folder).filter((folder) => folder !== ".");
}

/** Lines that name a package, what follows a backslash included. */
const listed = (text: string): string[] =>
  text
    .replaceAll(/\\\r?\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter(
      (line) => line !== "" && !/^(?:#|-r|-c|--(?:requirement|constraint|index|extra|require-hashes))/.test(line),
    );

export function isHashedNode({ folder, lock, files }: Packages): boolean {
  if (lock === null || namesFolders(folder)) return false;
  const text = readText(files.find((file) => basename(file) === lock) ?? "");
  return (
    !/"resolved": "(?!https?:)|git\+|github\.com|codeload|directory:|file:/.test(text) && hashes(text) >= packages(text)
  );
}

/** Of all managers' locks: what stands once for a package that is fetched, and its hash. */
const packages = (text: string): number =>
  (text.match(/^\s+"?resolved"?:? "|^\s+resolution: ["{]/gm) ?? []).length || Number.POSITIVE_INFINITY;
const hashes = (text: string): number => (text.match(/\bintegrity"?:? "?sha|^\s+checksum: /gm) ?? []).length;

/** Who else may use it: nobody but this agent, unless it is known by hashes. */
export const owner = ({ scope, root }: EnvironmentRequest, hashed: boolean): string =>
  hashed ? "" : (scope ?? createHash("sha256").update(root).digest("hex").slice(0, 16));

const LEFT_OUT = new Set([".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", ".env"]);

/** Everything in a folder that is copied into a build. */
export function hashFolder(folder: string): string {
  const hash = createHash("sha256");
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.map((entry) => ({ entry, path: join(entry.parentPath, entry.name) }));
  for (const { entry, path } of paths.toSorted((a, b) => (a.path < b.path ? -1 : 1))) {
    const name = relative(folder, path);
    if (name.split("/").some((part) => LEFT_OUT.has(part))) continue;
    if (entry.isFile()) hash.update(`${name}\0`).update(readFileSync(path)).update("\0");
    else if (entry.isSymbolicLink()) hash.update(`${name}\0${readlinkSync(path)}\0`);
  }
  return hash.digest("hex");
}
