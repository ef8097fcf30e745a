/** What a sandboxed agent needs beside its folder, by language: its packages, our worker, and for TypeScript its bundle. */
import { dirname, join } from "node:path";
import type { AgentConfig } from "@runagent/protocol";
import { bundleAgent, bundleWorker, readSchemas } from "../build/bundle/index.ts";
import { type BuiltEnvironment, buildEnvironment, type EnvironmentRequest } from "../build/environment/index.ts";
import { type Bind, INSIDE } from "../sandbox/index.ts";
import type { BundleOutcome } from "./agent-spec.ts";
import type { Confined } from "./confine.ts";
import type { Folders } from "./folders.ts";
import type { WorkerFiles } from "./worker-files.ts";

export interface ConfinedParts {
  /** Inside. */
  readonly interpreter: string;
  readonly workerFile: string;
  readonly binds: readonly Bind[];
  readonly env: Readonly<Record<string, string>>;
  /** Paths in it are those inside. */
  readonly bundle: BundleOutcome | null;
  readonly notes: readonly string[];
  readonly environment: Pick<BuiltEnvironment, "id" | "directory">;
}

export interface PartsRequest {
  readonly request: EnvironmentRequest;
  readonly confined: Confined;
  readonly folders: Folders;
  readonly workers: WorkerFiles;
  /** Gets what must be watched, also when the rest fails. */
  readonly touched: string[];
}

export function confinedParts(of: PartsRequest): Promise<ConfinedParts> {
  return of.request.language === "python" ? pythonParts(of) : nodeParts(of);
}

async function pythonParts({ request, confined, workers, touched }: PartsRequest): Promise<ConfinedParts> {
  const environment = await buildEnvironment(request, confined.tools);
  const { directory, interpreter, watch, notes } = environment;
  touched.push(...watch);
  const worker = readOnly(workers.python, INSIDE.python);
  if (directory === null) {
    return { interpreter, workerFile: INSIDE.python, binds: [worker], env: {}, bundle: null, notes, environment };
  }
  const binds = [worker, readOnly(directory, INSIDE.environment)];
  const env = { VIRTUAL_ENV: INSIDE.environment };
  return { interpreter, workerFile: INSIDE.python, binds, env, bundle: null, notes, environment };
}

async function nodeParts({ request, confined, folders, workers, touched }: PartsRequest): Promise<ConfinedParts> {
  const environment = await buildEnvironment(request, confined.tools);
  const { directory: nodeModules, watch, notes } = environment;
  touched.push(...watch);
  const { bundle, folder, inputs, problems } = await bundled({ request, folders, nodeModules });
  touched.push(...inputs);
  const worker = await bundleWorker(workers.node, join(request.home, "cache", "worker"));
  return {
    interpreter: confined.tools.node,
    workerFile: join(INSIDE.node, "worker.mjs"),
    binds: [
      readOnly(dirname(worker), INSIDE.node),
      readOnly(folder, INSIDE.bundle),
      ...(nodeModules === null ? [] : [readOnly(nodeModules, INSIDE.packages)]),
    ],
    env: {},
    bundle,
    notes: [...notes, ...problems],
    environment,
  };
}

const readOnly = (from: string, to: string): Bind => ({ from, to, writable: false });

interface Bundling {
  readonly request: EnvironmentRequest;
  readonly folders: Folders;
  readonly nodeModules: string | null;
}

async function bundled({ request, folders, nodeModules }: Bundling) {
  const { root, config, signal } = request;
  const files = filesOf(config);
  const built = await bundleAgent({
    ...{ root, files, signal },
    outDir: folders.bundles,
    node: process.versions.node, // the one that the base has
    nodePaths: nodeModules === null ? [] : [nodeModules],
    elsewhere: { ...(nodeModules === null ? {} : { [nodeModules]: INSIDE.packages }), [root]: INSIDE.agent },
  });
  const cache = { folder: join(folders.bundles, "schemas"), inputs: built.inputs };
  const schemas = await readSchemas({ root, entrypoints: config.entrypoints, signal, cache });
  const folder = folderOf(built.files);
  const inside = (path: string): string => join(INSIDE.bundle, path.slice(folder.length));
  const bundle: BundleOutcome = {
    files: Object.fromEntries(Object.entries(built.files).map(([file, path]) => [file, inside(path)])),
    frameworks: built.frameworks === null ? null : inside(built.frameworks),
    schemas,
  };
  return { bundle, folder, inputs: built.inputs, problems: built.problems };
}

/** `FOLDER/FILE.mjs`, whatever the file. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const [[file, path] = ["", ""]] = Object.entries(files);
  return path.slice(0, -`/${file}.mjs`.length);
}

/** Every file that a worker imports. */
export function filesOf({ entrypoints, lifespan }: AgentConfig): string[] {
  const files = new Set(entrypoints.map((one) => one.file));
  if (lifespan !== null) files.add(lifespan.slice(0, lifespan.lastIndexOf(":")));
  return [...files];
}
