/**
 * `npm test [-- PATTERN …]`: every Vitest file, then pytest of the Python worker on every Python from 3.10 to 3.13 that
 * is here, two at a time. Ends with the plain line `N passed, N failed`, both together. A Python that is not here is
 * said, not counted.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { environment } from "./python/environments.ts";
import { findInterpreters, type Interpreter, PYTHON_VERSIONS } from "./python/interpreters.ts";
import { command } from "./run/command.ts";

interface Count {
  readonly passed: number;
  readonly failed: number;
}

const ROOT = resolve(import.meta.dirname, "..");
const REPORTS = join(ROOT, "node_modules/.cache/test-reports");
const WORKER = join(ROOT, "packages/worker-python");

/** Pythons: each waits for its own processes most of the time. */
const AT_A_TIME = 2;

const patterns = process.argv.slice(2);
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const counts = [...(patterns.length === 0 ? await pytests() : [])];
const sum = counts.reduce((a, b) => ({ passed: a.passed + b.passed, failed: a.failed + b.failed }));
process.stdout.write(`${sum.passed} passed, ${sum.failed} failed\n`);
process.exitCode = sum.failed === 0 ? 0 : 1;

async function vitest(filters: readonly string[]): Promise<Count> {
  const report = join(REPORTS, "vitest.json");
  const reporters = ["--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { ok } = await command(["vitest", "run", ...reporters, ...filters], { cwd: ROOT, show: true });
  if (!existsSync(report)) return { passed: 0, failed: 1 };
  const told: { numPassedTests: number; numFailedTests: number } = JSON.parse(readFileSync(report, "utf8"));
  // A file that does not even load has no failed test of its own, and an unhandled error belongs to none.
  return { passed: told.numPassedTests, failed: ok ? 0 : Math.max(1, told.numFailedTests) };
}

async function pytests(): Promise<Count[]> {
  const found = await findInterpreters();
  for (const version of PYTHON_VERSIONS) {
    if (!found.some((one) => one.version === version)) {
      process.stdout.write(`Python ${version} is not here: its tests were not run\n`);
    }
  }
  if (found.length === 0) return [failed("no Python from 3.10 to 3.13 is here")];
  const ready: (() => Promise<Count>)[] = [];
  // One after the other: they share what is fetched.
  for (const one of found) ready.push(await environmentOf(one).then((bin) => () => pytest(one, bin), notBuilt));
  const counts: Count[] = [];
  const waiting = ready.values(); // shared: each lane takes the next one
  const lane = async (): Promise<void> => {
    for (const run of waiting) counts.push(await run().catch(failed));
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  return counts;
}

function environmentOf(interpreter: Interpreter): Promise<string> {
  return environment(interpreter, "worker", join(WORKER, "requirements-dev.txt"));
}

/** Counts as failed in its turn. */
function notBuilt(error: unknown): () => Promise<Count> {
  return () => Promise.reject(error);
}

function failed(error: unknown): Count {
  process.stdout.write(`${error}\n`);
  return { passed: 0, failed: 1 };
}

async function pytest({ version }: Interpreter, bin: string): Promise<Count> {
  const report = join(REPORTS, `pytest-${version}.xml`);
  const argv = [join(bin, "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${report}`];
  const { ok, output } = await command(argv, { cwd: WORKER, env: { PYTHONDONTWRITEBYTECODE: "1" } });
  process.stdout.write(`\npytest on Python ${version}\n${output}`);
  const text = existsSync(report) ? readFileSync(report, "utf8") : "";
  const number = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const broken = number("errors") + number("failures");
  return { passed: number("tests") - broken - number("skipped"), failed: ok ? broken : Math.max(1, broken) };
}
