/**
 * Lets bundled files know where they came from: `import.meta.url`, `__dirname` and their like mean the source, so that
 * files beside it are found. Remembers the agent's own files, also when the bundle then fails.
 */
import { readFile } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { pathToFileURL } from "node:url";
import type { Loader, Plugin } from "esbuild";
import { NOT_INSIDE, type Seen } from "./seen.ts";

export class SourceLog {
  readonly #files = new Set<string>();

  get files(): readonly string[] {
    return [...this.#files];
  }

  add(path: string): void {
    this.#files.add(path);
  }
}

const LOADERS: Readonly<Record<string, Loader>> = {
  ".ts": "ts",
  ".mts": "ts",
  ".cts": "ts",
  ".tsx": "tsx",
  ".jsx": "jsx",
  ".js": "jsx",
  ".mjs": "jsx",
  ".cjs": "jsx",
};

const CODE = /\.[mc]?[jt]sx?$/;
const PLACED = /\bimport\.meta\.(?:url|dirname|filename|main)\b|\b__(?:dirname|filename)\b/;

export function sourcesPlugin(log: SourceLog, seen: Seen): Plugin {
  return {
    name: "runagent-sources",
    setup(build) {
      build.onLoad({ filter: /^/, namespace: "file" }, async ({ path }) => {
        const shown = seen.path(path);
        if (shown === null) return { errors: [{ text: `${path} cannot be imported: ${NOT_INSIDE}` }] };
        if (!CODE.test(path)) return undefined;
        if (!path.includes("/node_modules/")) log.add(path);
        const text = await readFile(path, "utf8");
        if (!PLACED.test(text)) return undefined;
        return { contents: placed(text, shown), loader: LOADERS[extname(path)] ?? "js" };
      });
    },
  };
}

/** Stays on its line: positions of errors are the source's own. */
function placed(text: string, path: string): string {
  const values: Readonly<Record<string, string>> = {
    url: JSON.stringify(pathToFileURL(path).href),
    dirname: JSON.stringify(dirname(path)),
    filename: JSON.stringify(path),
    main: "false",
  };
  const body = text.replace(/\bimport\.meta\.(url|dirname|filename|main)\b/g, (_, name: string) => values[name] ?? "");
  if (!/\b__(dirname|filename)\b/.test(body) || /\b(?:const|let|var)\s+(?:\{[^}]*)?__(?:dirname|filename)\b/.test(body))
    return body;
  const head = `var __dirname=${values.dirname},__filename=${values.filename};`;
  return body.startsWith("#!") ? body.replace("\n", `\n${head}`) : head + body;
}
