/**
 * Bundles an agent's files into modules that start fast and run as their author wrote them: with their tsconfig, JSX,
 * enums, path aliases. The result is content-addressed and appears whole or not at all. Packages that cannot be bundled
 * are imported from where the agent has them.
 */
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join, relative, resolve } from "node:path";
import { type BuildFailure, type BuildResult, context, type OutputFile } from "esbuild";
import { cacheFailure } from "../environment/failure.ts";
import { bundleFailure, missingEntries } from "./bundle-failure.ts";
import { FRAMEWORKS_ENTRY, FRAMEWORKS_NAMESPACE, FrameworksEntry } from "./frameworks-entry.ts";
import { type PackageChoice, packagesPlugin } from "./packages-plugin.ts";
import { type Elsewhere, type Seen, seenFrom } from "./seen.ts";
import { SourceLog, sourcesPlugin } from "./sources-plugin.ts";

export interface BundleRequest {
  /** The agent's folder, absolute. */
  readonly root: string;
  /** Relative to `root`. */
  readonly files: readonly string[];
  /** Where bundles are kept, absolute: one folder a content. */
  readonly outDir: string;
  /** Version of the Node that will run it, e.g. `22.11.0`; anything else: the oldest that workers run on. */
  readonly node: string;
  readonly signal: AbortSignal;
  /** Folders with packages, looked at after the agent's own `node_modules`. */
  readonly nodePaths?: readonly string[];
  /** Left out: it runs where it is bundled. */
  readonly elsewhere?: Elsewhere;
}

export interface BundleResult {
  /** File → bundled module, absolute. */
  readonly files: Readonly<Record<string, string>>;
  /** What adapters need of the agent's frameworks (`frameworks-entry.ts`), absolute; null: nothing. */
  readonly frameworks: string | null;
  /** The agent's own files that went in, absolute: what hot reload watches. */
  readonly inputs: readonly string[];
  /** Files that were looked for and are not there. */
  readonly missing: readonly string[];
  /** What was assumed or went another way, one sentence each. */
  readonly problems: readonly string[];
}

/** Throws RunAgentError LOAD_FAILED with the user's file and line; `files` and `missing` in its problem say what to watch. */
export async function bundleAgent(request: BundleRequest): Promise<BundleResult> {
  const sources = new SourceLog();
  missingEntries(request);
  const bundled = await attempt(request, sources, "bundle");
  if (bundled.ok) return keep(request, bundled.result, { sources, problems: [] });
  if (!bundled.failure.errors.some(isInPackage)) throw await bundleFailure(request, bundled.failure, sources);
  const outside = await attempt(request, sources, "outside");
  if (!outside.ok) throw await bundleFailure(request, outside.failure, sources);
  const why = bundled.failure.errors.find(isInPackage)?.text ?? "";
  return keep(request, outside.result, { sources, problems: [`packages are not bundled, starts are slower: ${why}`] });
}

type Built = BuildResult<{ write: false; metafile: true }>;

type Attempt = { readonly ok: true; readonly result: Built } | { readonly ok: false; readonly failure: BuildFailure };

async function attempt(request: BundleRequest, sources: SourceLog, packages: PackageChoice): Promise<Attempt> {
  request.signal.throwIfAborted();
  const frameworks = new FrameworksEntry(request.root);
  const seen = seenFrom(request.elsewhere);
  const build = await context({
    ...OPTIONS,
    absWorkingDir: request.root,
    entryPoints: [...request.files.map((file) => ({ in: join(request.root, file), out: file })), FRAMEWORKS_ENTRY],
    // Never written: it only says how far the sources are from the bundle.
    outdir: join(request.outDir, "bundle"),
    nodePaths: [...(request.nodePaths ?? [])],
    target: /^v?\d+(\.\d+)*$/.test(request.node) ? `node${request.node.replace("v", "")}` : OLDEST_NODE,
    banner: { js: requireOf(seen.path(request.root) ?? request.root) },
    plugins: [
      frameworks.plugin(),
      packagesPlugin(packages, request.nodePaths?.[0] ?? null, seen),
      sourcesPlugin(sources, seen),
    ],
  });
  const cancel = () => void build.cancel();
  request.signal.addEventListener("abort", cancel, { once: true });
  try {
    const result = await build.rebuild();
    frameworks.learn(result.metafile);
    const whole = frameworks.needed ? await build.rebuild() : withoutEntry(result);
    return { ok: true, result: request.elsewhere === undefined ? whole : mapsInside(whole, seen) };
  } catch (error) {
    request.signal.throwIfAborted();
    if (isBuildFailure(error)) return { ok: false, failure: error };
    throw error;
  } finally {
    request.signal.removeEventListener("abort", cancel);
    await build.dispose();
  }
}

function withoutEntry(result: Built): Built {
  return { ...result, outputFiles: result.outputFiles.filter(({ path }) => !isFrameworks(path)) };
}

/** Errors of the agent name its sources as it sees them. */
function mapsInside(result: Built, seen: Seen): Built {
  const outputFiles = result.outputFiles.map((file) => {
    if (!file.path.endsWith(".map")) return file;
    const map: { sources: string[] } = JSON.parse(file.text);
    const sources = map.sources.map((source) => seen.path(resolve(dirname(file.path), source)) ?? source);
    return { ...file, contents: Buffer.from(JSON.stringify({ ...map, sources })) };
  });
  return { ...result, outputFiles };
}

const isFrameworks = (path: string): boolean => basename(path).startsWith(`${FRAMEWORKS_ENTRY.out}.`);

/** Bundled CommonJS asks for Node's own modules, and for what is only known at run time, with `require`. */
function requireOf(root: string): string {
  const from = JSON.stringify(join(root, "package.json"));
  return `import { createRequire as __runagentRequire } from "node:module";\nvar require = __runagentRequire(${from});`;
}

const OLDEST_NODE = "node22";

const OPTIONS = {
  bundle: true,
  write: false,
  metafile: true,
  platform: "node",
  format: "esm",
  splitting: true,
  chunkNames: "chunks/[name]-[hash]",
  outExtension: { ".js": ".mjs" },
  sourcemap: "linked",
  sourcesContent: false,
  keepNames: true,
  legalComments: "none",
  logLevel: "silent",
} as const;

async function keep(
  request: BundleRequest,
  result: Built,
  seen: { readonly sources: SourceLog; readonly problems: readonly string[] },
): Promise<BundleResult> {
  const nominal = join(request.outDir, "bundle");
  const folder = join(request.outDir, await contentHash(result.outputFiles, nominal));
  if (!existsSync(folder)) {
    await writeWhole(request.outDir, folder, result.outputFiles, nominal).catch((error: unknown) => {
      throw cacheFailure(error, request.outDir);
    });
  }
  return {
    files: Object.fromEntries(request.files.map((file) => [file, join(folder, `${file}.mjs`)])),
    frameworks: result.outputFiles.some(({ path }) => isFrameworks(path))
      ? join(folder, `${FRAMEWORKS_ENTRY.out}.mjs`)
      : null,
    inputs: [...new Set([...ownInputs(request, result), ...seen.sources.files])],
    missing: [],
    problems: [...seen.problems, ...result.warnings.filter((one) => !isInPackage(one)).map((one) => one.text)],
  };
}

function ownInputs(request: BundleRequest, result: BuildResult<{ metafile: true }>): string[] {
  const names = Object.keys(result.metafile.inputs).filter((name) => !name.startsWith(`${FRAMEWORKS_NAMESPACE}:`));
  const inputs = names.map((path) => resolve(request.root, path));
  const settings = ["tsconfig.json", "package.json"].map((name) => join(request.root, name)).filter(existsSync);
  return [...inputs.filter((path) => !path.includes("/node_modules/")), ...settings];
}

async function contentHash(files: readonly OutputFile[], nominal: string): Promise<string> {
  const { createHash } = await import("node:crypto");
  const hash = createHash("sha256");
  for (const file of [...files].sort((a, b) => (a.path < b.path ? -1 : 1))) {
    hash.update(`${relative(nominal, file.path)}\0${file.hash}\0`);
  }
  return hash.digest("hex").slice(0, 32);
}

const READABLE = 0o755;

/** Nobody ever sees a half-written bundle: it is renamed into place. */
async function writeWhole(
  outDir: string,
  folder: string,
  files: readonly OutputFile[],
  nominal: string,
): Promise<void> {
  await mkdir(outDir, { recursive: true });
  const half = await mkdtemp(join(outDir, ".half-"));
  try {
    await chmod(half, READABLE); // in a sandbox another user reads it
    for (const file of files) {
      const path = join(half, relative(nominal, file.path));
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, file.contents);
    }
    await rename(half, folder);
  } catch (error) {
    await rm(half, { recursive: true, force: true });
    if (!existsSync(folder)) throw error; // else another process was faster with the same content
  }
}

/** Not of the agent's own code. */
function isInPackage(message: { readonly location: { readonly file: string } | null }): boolean {
  const file = message.location?.file ?? "";
  return file.includes("node_modules/") || file.startsWith(`${FRAMEWORKS_NAMESPACE}:`);
}

function isBuildFailure(error: unknown): error is BuildFailure {
  return error instanceof Error && "errors" in error && Array.isArray(error.errors);
}
