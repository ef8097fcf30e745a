/**
 * Where the playground comes from: a folder beside the published bundle, or, in the repository, built when it is first
 * asked for. Its files stay in memory, compressed once.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { PageFile, PageFiles } from "../gateway/index.ts";

export function findPage(): PageFiles {
  let loading: Promise<ReadonlyMap<string, PageFile>> | null = null;
  return {
    async file(name) {
      loading ??= load().catch((error: unknown) => {
        loading = null;
        throw error;
      });
      return (await loading).get(name) ?? null;
    },
  };
}

async function load(): Promise<ReadonlyMap<string, PageFile>> {
  const published = fileURLToPath(new URL("./page", import.meta.url));
  const files = existsSync(published) ? await readAll(published) : await build();
  return new Map([...files].map(([name, body]) => [name, pageFile(name, body)]));
}

async function readAll(folder: string): Promise<Map<string, Buffer>> {
  const names = await readdir(folder);
  return new Map(await Promise.all(names.map(async (name) => [name, await readFile(join(folder, name))] as const)));
}

/** Not an import: the page is made by its own package, and no hop knows it. */
async function build(): Promise<Map<string, Uint8Array>> {
  const builder = new URL("../../../playground/build.mjs", import.meta.url);
  const { buildPage }: { buildPage: () => Promise<Map<string, Uint8Array>> } = await import(builder.href);
  return buildPage();
}

function pageFile(name: string, bytes: Uint8Array): PageFile {
  const body = Buffer.from(bytes);
  return {
    type: TYPES[extname(name)] ?? "application/octet-stream",
    body,
    gzip: gzipSync(body, { level: 9 }),
    etag: createHash("sha256").update(body).digest("base64url").slice(0, 16),
  };
}

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};
