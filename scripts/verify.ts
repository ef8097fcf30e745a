/** `npm run verify`: everything that can be known without running the product. Every check runs; all failures are shown. */
import { join, resolve } from "node:path";
import { environment } from "./python/environments.ts";
import { findInterpreters } from "./python/interpreters.ts";
import { command } from "./run/command.ts";

const ROOT = resolve(import.meta.dirname, "..");
const WORKER = "packages/worker-python";

const failed: string[] = [];
for (const [name, argv] of checks()) await check(name, argv);
for (const [name, argv] of await pythonChecks().catch(noPython)) await check(name, argv);
process.stdout.write(failed.length === 0 ? "everything holds\n" : `failed: ${failed.join(", ")}\n`);
process.exitCode = failed.length === 0 ? 0 : 1;

function checks(): [string, string[]][] {
  return [
    ["format and lint", ["biome", "check", "--error-on-warnings", "."]],
    ["promises and switches", ["oxlint", "--type-aware", "--deny-warnings"]],
    // Another TypeScript, an API for reading agents, has the name in `.bin`.
    ["types", ["node", "node_modules/typescript/bin/tsc", "-p", "."]],
    ["arrows", ["depcruise", "--config", "dependency-cruiser.config.mjs", "packages/*/src"]],
    ["unused", ["knip", "--no-progress"]],
    ["lock file", ["node", "scripts/lock.ts", "--check"]],
    ["reference pages", ["node", "scripts/docs.ts", "--check"]],
  ];
}

async function pythonChecks(): Promise<[string, string[]][]> {
  const newest = (await findInterpreters()).at(-1);
  if (newest === undefined) throw new Error("no Python from 3.10 to 3.13 is here");
  const bin = await environment(newest, "worker", join(ROOT, WORKER, "requirements-dev.txt"));
  const ruff = join(bin, "ruff");
  return [
    ["Python format", [ruff, "format", "--check", WORKER, "examples"]],
    ["Python lint", [ruff, "check", WORKER, "examples"]],
    ["Python types", ["pyright", "-p", WORKER, "--pythonpath", join(bin, "python")]],
  ];
}

function noPython(error: unknown): [] {
  process.stdout.write(`FAILED Python environment\n${error}\n`);
  failed.push("Python environment");
  return [];
}

async function check(name: string, argv: readonly string[]): Promise<void> {
  const { ok, output, seconds } = await command(argv, { cwd: ROOT });
  process.stdout.write(`${ok ? "ok    " : "FAILED"} ${name} (${seconds.toFixed(1)} s)\n`);
  if (ok) return;
  failed.push(name);
  process.stdout.write(`${output.trimEnd()}\n`);
}
