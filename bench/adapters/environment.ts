/** What runs an example, built by the product itself, in the folder that the tests of the examples keep. */
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { AgentConfig } from "@runagent/protocol/config";
import { bundleAgent } from "../../packages/server/src/build/bundle/index.ts";
import { readFolder } from "../../packages/server/src/build/config-file.ts";
import { resolveEnvironment } from "../../packages/server/src/build/environment/index.ts";

const HOME = resolve(import.meta.dirname, "../../node_modules/.cache/examples-home");
const BUILD_MS = 240_000;

export async function examplePython(folder: string): Promise<string> {
  const { environment } = await built(folder);
  return environment.interpreter;
}

/** What a process that measures loads: paths are absolute. */
export interface BuiltExample {
  readonly root: string;
  /** File of an entrypoint → bundled module. */
  readonly files: Readonly<Record<string, string>>;
  readonly frameworks: string | null;
}

/** A copy of an example of TypeScript, bundled; its model says `words` words about Lisbon, as before about any other city. */
export async function bundledExample(
  folder: string,
  words: number,
): Promise<{ example: BuiltExample; close(): Promise<void> }> {
  const root = await mkdtemp(join(tmpdir(), "runagent-adapters-"));
  const close = (): Promise<void> => rm(root, { recursive: true, force: true });
  try {
    await cp(folder, root, { recursive: true, filter: (path) => !path.includes("node_modules") });
    const { config, environment } = await built(root);
    const files = [...new Set(config.entrypoints.map(({ file }) => file))];
    for (const file of await sourcesWith(root, files)) await lengthen(file, words);
    const bundle = await bundleAgent({
      root,
      files,
      outDir: join(root, ".bundles"),
      node: environment.interpreter,
      nodePaths: environment.nodeModules === null ? [] : [environment.nodeModules],
      signal: AbortSignal.timeout(BUILD_MS),
    });
    return { example: { root, files: bundle.files, frameworks: bundle.frameworks }, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const SHORT = '"sun, 19 °C"';

async function sourcesWith(root: string, files: readonly string[]): Promise<string[]> {
  const paths = files.map((file) => join(root, file));
  const texts = await Promise.all(paths.map((path) => readFile(path, "utf8")));
  return paths.filter((_, index) => texts[index]?.includes(SHORT));
}

async function lengthen(path: string, words: number): Promise<void> {
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replace(SHORT, JSON.stringify(Array(words).fill("word").join(" "))));
}

async function built(folder: string): Promise<{
  config: AgentConfig;
  environment: Awaited<ReturnType<typeof resolveEnvironment>>;
}> {
  // No virtual environment of the machine: an example brings what it needs.
  const { VIRTUAL_ENV: _active, CONDA_PREFIX: _conda, ...env } = process.env;
  const reading = await readFolder({ root: folder, env, envFile: null, entry: null });
  if (reading.kind !== "read") throw new Error(`${folder}: ${JSON.stringify(reading.problems)}`);
  const environment = await resolveEnvironment({
    root: folder,
    config: reading.config,
    language: reading.language,
    pythonFlag: process.env.FRAMEWORK_PYTHON ?? null,
    home: HOME,
    env,
    progress: (line) => void process.stderr.write(`${line}\n`),
    signal: AbortSignal.timeout(BUILD_MS),
  });
  return { config: reading.config, environment };
}
