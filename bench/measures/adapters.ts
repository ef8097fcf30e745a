/** What our adapter of each Python framework adds to calling it directly, in one process, with a scripted model. */
import { readdirSync } from "node:fs";
import { resolve } from "node:path";
import { command } from "../../scripts/run/command.ts";
import { examplePython } from "../adapters/environment.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const FOLDER = resolve(ROOT, "bench/adapters");

interface Measured {
  readonly run_ms: number;
  readonly added_ms: number;
  /** Null: the framework's text does not come in pieces. */
  readonly chunk_us: number | null;
  readonly added_chunk_us: number | null;
}

/** Each has `bench/adapters/direct/NAME.py`: how its users call it. */
export function measuredFrameworks(): string[] {
  const files = readdirSync(resolve(FOLDER, "direct"));
  return files
    .filter((name) => name.endsWith(".py") && name !== "__init__.py")
    .map((name) => name.slice(0, -".py".length).replaceAll("_", "-"))
    .sort();
}

export async function measureAdapters({ adapters }: Plan, samples: Samples): Promise<void> {
  for (let round = 0; round < adapters.rounds; round += 1) {
    for (const name of adapters.frameworks ?? measuredFrameworks()) {
      const { run_ms, added_ms, chunk_us, added_chunk_us } = await measure(name, adapters);
      samples.add(name, "run ms", run_ms);
      samples.add(name, "added ms", added_ms);
      if (chunk_us === null || added_chunk_us === null) continue;
      samples.add(name, "chunk us", chunk_us);
      samples.add(name, "added chunk us", added_chunk_us);
    }
  }
}

async function measure(name: string, { pairs, words }: Plan["adapters"]): Promise<Measured> {
  const example = resolve(ROOT, "examples", name);
  const python = await examplePython(example);
  const argv = [python, resolve(FOLDER, "measure.py"), name, example, String(pairs), String(words)];
  const { ok, output } = await command(argv, { env: { PYTHONDONTWRITEBYTECODE: "1" } });
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  if (!ok) throw new Error(`${name}: ${output}`);
  return JSON.parse(last);
}
