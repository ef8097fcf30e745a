/**
 * The agent's folder as the sandbox has it: a copy that belongs to the agent, so that it may write beside its code and
 * changes nothing of the user's. What is built elsewhere, or is nobody's business there, is not copied.
 */
import { lchownSync } from "node:fs";
import { cp, readdir } from "node:fs/promises";
import { basename, join } from "node:path";

/** Environments, history and secrets of the developer. */
const LEFT_OUT = new Set([".git", ".hg", ".svn", ".venv", "node_modules", "__pycache__", ".env"]);

export async function copyAgent(from: string, to: string, uid: number): Promise<void> {
  await cp(from, to, {
    recursive: true,
    verbatimSymlinks: true,
    preserveTimestamps: true,
    filter: (path) => path === from || !LEFT_OUT.has(basename(path)),
  });
  await own(to, uid);
}

/** The folder itself too. Links are owned, never followed. */
export async function own(folder: string, uid: number): Promise<void> {
  lchownSync(folder, uid, uid);
  for (const entry of await readdir(folder, { recursive: true })) lchownSync(join(folder, entry), uid, uid);
}
