/** The Python of an example, built by the product itself, in the folder that the tests of the examples keep. */
import { resolve } from "node:path";
import { readFolder } from "../../packages/server/src/build/config-file.ts";
import { resolveEnvironment } from "../../packages/server/src/build/environment/index.ts";

const HOME = resolve(import.meta.dirname, "../../node_modules/.cache/examples-home");
const BUILD_MS = 240_000;

export async function examplePython(folder: string): Promise<string> {
  // No virtual environment of the machine: an example brings what it needs.
  const { VIRTUAL_ENV: _active, CONDA_PREFIX: _conda, ...env } = process.env;
  const reading = await readFolder({ root: folder, env, envFile: null, entry: null });
  if (reading.kind !== "read") throw new Error(`${folder}: ${JSON.stringify(reading.problems)}`);
  const { interpreter } = await resolveEnvironment({
    root: folder,
    config: reading.config,
    language: reading.language,
    pythonFlag: process.env.FRAMEWORK_PYTHON ?? null,
    home: HOME,
    env,
    progress: (line) => void process.stderr.write(`${line}\n`),
    signal: AbortSignal.timeout(BUILD_MS),
  });
  return interpreter;
}
