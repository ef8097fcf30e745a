/** The process that outlines TypeScript files: gets its work as one message, answers with one. A compiler is never part of the server. */
import { readFileSync } from "node:fs";
import { enableCompileCache, flushCompileCache } from "node:module";
import { join } from "node:path";
import type { Outline } from "./outline.ts";
import { outlineOf } from "./typescript-outline.ts";

interface Work {
  readonly root: string;
  readonly files: readonly string[];
}

enableCompileCache();
process.on("disconnect", () => process.exit(0));
process.once("message", ({ root, files }: Work) => {
  process.send?.(files.map((file) => read(root, file)));
  flushCompileCache();
});

function read(root: string, file: string): Outline {
  try {
    return outlineOf(file, readFileSync(join(root, file), "utf8"));
  } catch (error) {
    // A file that is gone by now, or nested beyond every sense: said in the note, the others count.
    const message = error instanceof Error ? error.message : String(error);
    return { ...EMPTY, file, error: { line: 1, message } };
  }
}

const EMPTY = { imports: {}, definitions: [], functions: [], classes: [], calls: [], variables: [], models: [] };
