/** The folders in which an agent's environment is looked for, the nearest first. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";
import type { EnvironmentRequest } from "./environment.ts";

/** Those whose lists of packages are the agent's: its own, and the one that is bundled with it. */
export function agentFolders({ root, config }: Pick<EnvironmentRequest, "root" | "config">): string[] {
  return [...new Set([root, resolve(root, config.build.root ?? ".")])];
}

/** From the agent's up to the project's: what is there already is used. Never the home folder or above it by chance. */
export function foldersAbove(root: string): string[] {
  const above: string[] = [root];
  for (let folder = root; !existsSync(join(folder, ".git")); ) {
    folder = dirname(folder);
    if (folder === homedir() || folder === dirname(folder)) break;
    above.push(folder);
  }
  return above;
}

/** Of these, without `.git`, only as far as one after the other has a project file. */
export function projectFolders(root: string, projectFiles: readonly string[]): string[] {
  const above = foldersAbove(root);
  if (existsSync(join(above.at(-1) ?? root, ".git"))) return above;
  const outside = above.slice(1).findIndex((folder) => !projectFiles.some((file) => existsSync(join(folder, file))));
  return above.slice(0, outside < 0 ? above.length : outside + 1);
}
