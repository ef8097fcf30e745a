/** The folders from an agent's up to its project's root, the nearest first. */
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";

/**
 * The project's root is the nearest folder with `.git`; without one, the farthest that still has a project file, going up
 * one at a time. Never the home folder or above it by chance.
 */
export function projectFolders(root: string, projectFiles: readonly string[]): string[] {
  const above: string[] = [];
  for (let folder = root; ; folder = dirname(folder)) {
    above.push(folder);
    if (existsSync(join(folder, ".git"))) return above;
    if (folder === homedir() || folder === dirname(folder)) break;
  }
  const outside = above.slice(1).findIndex((folder) => !projectFiles.some((file) => existsSync(join(folder, file))));
  return above.slice(0, outside < 0 ? 1 : outside + 1);
}
