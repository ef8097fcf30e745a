/**
 * Decides package by package: into the bundle, or imported from where the agent has it. Native packages, and those that
 * look for files beside themselves or start threads from them, stay outside. What a package may lack (optional parts)
 * fails only when it is used.
 */
import { existsSync, readFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import type { ImportKind, OnResolveArgs, OnResolveResult, Plugin, PluginBuild } from "esbuild";
import { NOT_INSIDE, type Seen } from "./seen.ts";

/** `outside`: every package stays where it is. */
export type PackageChoice = "bundle" | "outside";

/** They start workers or read files by their own place in ways that no bundle can follow. */
const STAY_OUTSIDE = new Set([
  "@prisma/client",
  "esbuild",
  "jsdom",
  "pino",
  "playwright",
  "playwright-core",
  "prettier",
  "puppeteer",
  "puppeteer-core",
  "thread-stream",
  "typescript",
]);

const ASKED = Symbol("asked by this plugin");

/** `built`: the `node_modules` that were installed for the agent; they win over those that lie above its folder by chance. */
export function packagesPlugin(choice: PackageChoice, built: string | null, seen: Seen): Plugin {
  return {
    name: "runagent-packages",
    setup(build) {
      const native = new Map<string, boolean>();
      build.onResolve({ filter: /\.node$/ }, (args) => nativeFile(build, args, seen));
      build.onResolve({ filter: /^[^./]/ }, async (args) => {
        if (args.pluginData === ASKED || args.kind === "entry-point" || isBuiltin(args.path)) return undefined;
        const found = await askBuilt(build, args, built);
        if (found.errors.length > 0) return unresolved(args);
        if (found.external || found.namespace !== "file") return found;
        if (seen.path(found.path) === null) return unresolved(args); // found above by chance
        const folder = packageFolder(found.path);
        const stays = folder !== null && (choice === "outside" || staysOutside(folder, native));
        return stays ? outside(found.path, args.kind, seen) : found;
      });
    },
  };
}

async function askBuilt(build: PluginBuild, args: OnResolveArgs, built: string | null) {
  const found = await ask(build, args);
  const ofAgent = built !== null && !args.importer.includes("/node_modules/");
  if (!ofAgent || found.errors.length > 0 || !found.path.includes("/node_modules/")) return found;
  if (found.path.startsWith(`${built}/`)) return found;
  const better = await ask(build, { ...args, resolveDir: dirname(built) });
  return better.errors.length > 0 ? found : better;
}

function ask(build: PluginBuild, args: OnResolveArgs) {
  const { importer, resolveDir, kind } = args;
  return build.resolve(args.path, { importer, resolveDir, kind, namespace: args.namespace, pluginData: ASKED });
}

async function nativeFile(build: PluginBuild, args: OnResolveArgs, seen: Seen): Promise<OnResolveResult | undefined> {
  if (args.pluginData === ASKED) return undefined;
  const found = await ask(build, args);
  return found.errors.length > 0 ? unresolved(args) : outside(found.path, args.kind, seen);
}

/** The user's own import of something missing is an error with its line; a package's optional part is not. */
function unresolved(args: OnResolveArgs): OnResolveResult | undefined {
  const optional = args.importer.includes("/node_modules/") || args.kind !== "import-statement";
  if (optional) return { path: args.path, external: true };
  return { errors: [{ text: `Could not resolve "${args.path}"`, detail: { specifier: args.path } }] };
}

function outside(host: string, kind: ImportKind, seen: Seen): OnResolveResult {
  const path = seen.path(host);
  if (path === null) return { errors: [{ text: `${host} cannot be imported: ${NOT_INSIDE}` }] };
  const required = kind === "require-call" || kind === "require-resolve";
  return { path: required ? path : pathToFileURL(path).href, external: true };
}

/** `…/node_modules/name` or `…/node_modules/@scope/name`, the innermost. */
function packageFolder(path: string): string | null {
  const found = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+/.exec(path);
  return found === null ? null : found[0];
}

function staysOutside(folder: string, known: Map<string, boolean>): boolean {
  const before = known.get(folder);
  if (before !== undefined) return before;
  const stays = isNative(folder);
  known.set(folder, stays);
  return stays;
}

function isNative(folder: string): boolean {
  const name = folder.slice(folder.lastIndexOf("/node_modules/") + "/node_modules/".length);
  if (STAY_OUTSIDE.has(name)) return true;
  if (existsSync(join(folder, "binding.gyp")) || existsSync(join(folder, "prebuilds"))) return true;
  const manifest = readManifest(folder);
  const optional = Object.keys(manifest.optionalDependencies ?? {});
  return manifest.gypfile === true || manifest.napi !== undefined || optional.some((one) => PLATFORM.test(one));
}

/** `@img/sharp-linux-x64` and the like: compiled parts. */
const PLATFORM = /[-/](linux|darwin|win32)(-|$)/;

interface Manifest {
  readonly gypfile?: unknown;
  readonly napi?: unknown;
  readonly optionalDependencies?: Readonly<Record<string, unknown>>;
}

function readManifest(folder: string): Manifest {
  try {
    const manifest: Manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
    return manifest;
  } catch {
    return {}; // a folder without a readable manifest has nothing that says it is native
  }
}
