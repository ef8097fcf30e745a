/**
 * `npm test [-- PATTERN …]`: every Vitest file, then pytest of the Python worker on every Python from 3.10 to 3.13 that
 * is here. Ends with the plain line `N passed, N failed`, both together. A Python that is not here is said, not counted.
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

const patterns = process.argv.slice(2);
rmSync(REPORTS, { recursive: true, force: true });
mkdirSync(REPORTS, { recursive: true });
const counts = [await vitest(patterns), ...(patterns.length === 0 ? await pytests() : [])];
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
  const here = await findInterpreters();
  const counts: Count[] = [];
  for (const version of PYTHON_VERSIONS) {
    const interpreter = here.find((one) => one.version === version);
    if (interpreter === undefined) process.stdout.write(`Python ${version} is not here: its tests were not run\n`);
    else counts.push(await pytest(interpreter).catch(failed));
  }
  return counts.length > 0 ? counts : [failed("no Python from 3.10 to 3.13 is here")];
}

function failed(error: unknown): Count {
  process.stdout.write(`${error}\n`);
  return { passed: 0, failed: 1 };
}

async function pytest(interpreter: Interpreter): Promise<Count> {
  const { version } = interpreter;
  const bin = await environment(interpreter, "worker", join(WORKER, "requirements-dev.txt"));
  process.stdout.write(`\npytest on Python ${version}\n`);
  const report = join(REPORTS, `pytest-${version}.xml`);
  const argv = [join(bin, "python"), "-m", "pytest", "-q", "-p", "no:cacheprovider", `--junitxml=${report}`];
  const { ok } = await command(argv, { cwd: WORKER, env: { PYTHONDONTWRITEBYTECODE: "1" }, show: true });
  const text = existsSync(report) ? readFileSync(report, "utf8") : "";
  const number = (name: string): number =>
    Number(new RegExp(`<testsuite [^>]*\\b${name}="(\\d+)"`).exec(text)?.[1] ?? 0);
  const broken = number("errors") + number("failures");
  return { passed: number("tests") - broken - number("skipped"), failed: ok ? broken : Math.max(1, broken) };
}
