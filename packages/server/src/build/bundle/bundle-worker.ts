/**
 * The Node worker as one file, for a sandbox that has nothing else of ours: published it is one already, in development it
 * is bundled from its sources.
 */

import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, rename, writeFile } from "node:fs/promises";
import { dirname, extname, join } from "node:path";
import { build } from "esbuild";

/** Its folder has nothing else in it. */
export async function bundleWorker(file: string, cache: string): Promise<string> {
  if (extname(file) !== ".ts") return file;
  const { outputFiles } = await build({ ...OPTIONS, entryPoints: [file] });
  const contents = outputFiles[0]?.contents ?? new Uint8Array();
  const key = createHash("sha256").update(contents).digest("hex").slice(0, 20);
  const bundled = join(cache, key, "worker.mjs");
  if (existsSync(bundled)) return bundled;
  await mkdir(dirname(bundled), { recursive: true });
  const draft = join(cache, `${key}.${process.pid}`);
  await writeFile(draft, contents);
  await rename(draft, bundled);
  return bundled;
}

const OPTIONS = {
  bundle: true,
  write: false,
  platform: "node",
  target: "node22",
  format: "esm",
  legalComments: "none",
} as const;
