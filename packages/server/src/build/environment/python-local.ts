/**
 * Projects in folders that `requirements.txt` names (`-e .`, `./lib`). Installing them where they are would write into the
 * user's folders, so copies are installed. The agent's own project is importable from its folder, which wins over the copy.
 */
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { cp } from "node:fs/promises";
import { basename, dirname, join, relative, resolve, sep } from "node:path";
import { readText } from "./python-find.ts";

export interface LocalProject {
  readonly folder: string;
  /** What pip has behind the path: `[extra]` and markers. */
  readonly rest: string;
}

const LINE =
  /^\s*(?:-e\s+|--editable[\s=]+)?((?:\.{1,2}|~)?(?:\/[^\s;[#]*)?|\.{1,2})(\[[^\]]*\])?\s*(;[^#]*)?(?:#.*)?$/;
const INCLUDE = /^\s*(-r|-c|--requirement|--constraint)[\s=]+(\S+)/;
const LEFT_BEHIND = new Set([".git", ".venv", "venv", "node_modules", "__pycache__", "build", "dist", ".mypy_cache"]);
const DECIDING = ["pyproject.toml", "setup.py", "setup.cfg"];

/** The folder that a line of the list in `folder` names, or null when it names something else. */
export function localProject(line: string, folder: string): LocalProject | null {
  const [, path = "", extra = "", marker = ""] = LINE.exec(line) ?? [];
  if (path === "") return null;
  const target = resolve(folder, path);
  const isProject = DECIDING.some((name) => existsSync(join(target, name)));
  return isProject ? { folder: target, rest: `${extra}${marker === "" ? "" : ` ${marker}`}` } : null;
}

/** What decides about them, for the key: everything, or of a project around the agent only what it needs. */
export function localContent(files: readonly string[], root: string): string {
  const projects = files.flatMap((file) =>
    readText(file)
      .split("\n")
      .flatMap((line) => localProject(line, dirname(file)) ?? []),
  );
  return projects.map(({ folder }) => (contains(folder, root) ? own(folder) : whole(folder, folder))).join("\n");
}

const contains = (folder: string, inner: string): boolean => inner === folder || inner.startsWith(folder + sep);

const own = (folder: string): string => DECIDING.map((name) => readText(join(folder, name))).join("\0");

/** Paths in it are from `top`: where that lies does not count. */
function whole(folder: string, top: string): string {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !LEFT_BEHIND.has(name) && !name.endsWith(".egg-info"))
    .map((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return whole(path, top);
      const name = relative(top, path);
      return statSync(path).isFile() ? `${name}\0${readFileSync(path, "latin1")}` : name;
    })
    .join("\0");
}

/** The list with its includes in place and copies instead of folders; null: it names no folder. */
export async function withCopies(list: string, into: string): Promise<string | null> {
  const copies = new Map<string, string>();
  const inline = async (file: string): Promise<string[]> => {
    const lines: string[] = [];
    for (const line of readText(file).split("\n")) {
      const project = localProject(line, dirname(file));
      const [, kind = "", name = ""] = INCLUDE.exec(line) ?? [];
      const isFile = name !== "" && !name.includes("://");
      if (project !== null) lines.push(`${await copy(project.folder, into, copies)}${project.rest}`);
      else if (isFile && /^(-r|--requirement)$/.test(kind)) lines.push(...(await inline(resolve(dirname(file), name))));
      else lines.push(isFile ? `${kind} ${resolve(dirname(file), name)}` : line);
    }
    return lines;
  };
  const lines = await inline(list);
  return copies.size === 0 ? null : `${lines.join("\n")}\n`;
}

async function copy(folder: string, into: string, copies: Map<string, string>): Promise<string> {
  const target = copies.get(folder) ?? join(into, "sources", String(copies.size), basename(folder));
  if (!copies.has(folder)) {
    await cp(folder, target, {
      recursive: true,
      filter: (path) => path === folder || !LEFT_BEHIND.has(basename(path)),
    });
  }
  copies.set(folder, target);
  return target;
}
