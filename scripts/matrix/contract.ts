/** A framework's contract test, run with the example and the environment of one version; and what it says it cannot do. */
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { command } from "../run/command.ts";

const ROOT = resolve(import.meta.dirname, "../..");

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  /** The names of tests that failed, or why none ran. */
  readonly failures: readonly string[];
}

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly Assertion[];
  }[];
}

interface Assertion {
  readonly ancestorTitles: readonly string[];
  readonly fullName: string;
  readonly status: string;
  readonly failureMessages: readonly string[];
}

export const contractFile = (name: string): string => resolve(ROOT, "packages/cli/test/frameworks", `${name}.test.ts`);

export async function runContract(name: string, example: string): Promise<Outcome> {
  const folder = mkdtempSync(join(tmpdir(), "runagent-matrix-"));
  const file = join(folder, "report.json");
  try {
    const argv = ["vitest", "run", contractFile(name), "--reporter=json", `--outputFile=${file}`];
    const { output } = await command(argv, { cwd: ROOT, env: { FRAMEWORK_FOLDER: example } });
    return outcomeOf(file, output);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function outcomeOf(file: string, output: string): Outcome {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new Error(`the tests did not run:\n${output}`, { cause: error });
  }
  const groups = Map.groupBy(
    report.testResults.flatMap((one) => one.assertionResults),
    (one) => one.ancestorTitles[0],
  );
  const failed = [...groups.values()]
    .flatMap(failedOf)
    .map((one) => `${one.fullName}: ${one.failureMessages[0] ?? DEAD}`);
  const broken = report.testResults.map((one) => one.message).filter((text) => text !== "");
  const failures = [...failed, ...broken];
  return { passed: report.numPassedTests, failed: Math.max(failed.length, Math.min(1, failures.length)), failures };
}

const DEAD = "its server did not start";

/** A test that the contract leaves out is skipped, which is no failure; so are all of a group whose server did not start. */
function failedOf(group: readonly Assertion[]): readonly Assertion[] {
  const began = group.some((one) => one.status === "passed" || one.status === "failed");
  return began ? group.filter((one) => one.status === "failed") : group;
}

const WORDS = "chat|session|text|tools|usage|failures|nonsense";

/** `true` or the reason, by the words of `Framework` in the contract; read from the test's source. */
export function saidOf(name: string): ReadonlyMap<string, true | string> {
  const source = readFileSync(contractFile(name), "utf8");
  const found = source.matchAll(new RegExp(`\\b(${WORDS}):\\s*(true|"(?:[^"\\\\]|\\\\.)*")`, "g"));
  const said = new Map<string, true | string>();
  for (const [, word = "", value = ""] of found) if (!said.has(word)) said.set(word, JSON.parse(value));
  return said;
}
