/** What is in an agent's folder, for looking whether named files exist and for suggesting others. */
import { type Dirent, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type FileLookup, languageOf } from "@runagent/protocol/config";

const SKIPPED = new Set(["node_modules", "__pycache__", "dist", "build", "venv", "site-packages"]);
const MAX_DEPTH = 4;
const MAX_FILES = 500;

export interface FolderLookup extends FileLookup {
  /** Every path that was asked for, absolute, whether it is there or not. */
  readonly asked: readonly string[];
}

export function lookIn(root: string): FolderLookup {
  const asked: string[] = [];
  return {
    asked,
    kind(path) {
      asked.push(join(root, path));
      const stats = statSync(join(root, path), { throwIfNoEntry: false });
      if (stats === undefined) return null;
      return stats.isDirectory() ? "folder" : "file";
    },
    sources: () => sourceFiles(root),
  };
}

/** Source files of the folder, the nearest first, with forward slashes. */
function sourceFiles(root: string): string[] {
  const found: string[] = [];
  let level = [""];
  for (let depth = 0; depth < MAX_DEPTH && found.length < MAX_FILES; depth += 1) {
    const next: string[] = [];
    for (const folder of level) {
      for (const entry of entriesOf(join(root, folder))) {
        const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
        if (entry.isDirectory()) {
          if (!entry.name.startsWith(".") && !SKIPPED.has(entry.name)) next.push(path);
        } else if (languageOf(entry.name) !== undefined) found.push(path);
      }
    }
    level = next;
  }
  return found.slice(0, MAX_FILES);
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // suggestions only: a folder that cannot be read has none
  }
}
