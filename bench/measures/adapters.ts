/** What our adapter of each framework adds to calling it directly, in one process, with a scripted model. */
import { existsSync, readdirSync } from "node:fs";
import { resolve } from "node:path";
import { command } from "../../scripts/run/command.ts";
import { bundledExample, examplePython } from "../adapters/environment.ts";
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

const NOT_ONE = new Set(["__init__.py", "direct.ts"]);

/** Each has `bench/adapters/direct/NAME.py` or `NAME.ts`: how its users call it. */
export function measuredFrameworks(): string[] {
  const files = readdirSync(resolve(FOLDER, "direct"), { withFileTypes: true });
  return files
    .filter((one) => one.isFile() && !NOT_ONE.has(one.name))
    .map(({ name }) => name.slice(0, name.lastIndexOf(".")).replaceAll("_", "-"))
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

async function measure(name: string, plan: Plan["adapters"]): Promise<Measured> {
  const example = resolve(ROOT, "examples", name);
  const node = existsSync(resolve(FOLDER, "direct", `${name}.ts`));
  return node ? measureNode(name, example, plan) : measurePython(name, example, plan);
}

async function measurePython(name: string, example: string, { pairs, words }: Plan["adapters"]): Promise<Measured> {
  const python = await examplePython(example);
  return printed(name, [python, resolve(FOLDER, "measure.py"), name, example, String(pairs), String(words)]);
}

async function measureNode(name: string, folder: string, { pairs, words }: Plan["adapters"]): Promise<Measured> {
  const { example, close } = await bundledExample(folder, words);
  try {
    const argv = [resolve(FOLDER, "measure.ts"), name, JSON.stringify(example), String(pairs), String(words)];
    return await printed(name, [process.execPath, ...argv]);
  } finally {
    await close();
  }
}

async function printed(name: string, argv: readonly string[]): Promise<Measured> {
  const { ok, output } = await command(argv, { env: { PYTHONDONTWRITEBYTECODE: "1" } });
  if (!ok) throw new Error(`${name}: ${output}`);
  // A framework may say more at its end.
  return JSON.parse(output.split("\n").findLast((line) => line.startsWith("{")) ?? "");
}
