/**
 * `npm run matrix [-- NAME… oldest|newest]`: each framework's contract test with its oldest and its newest supported
 * version, in environments of their own below node_modules/.cache. What passed is kept in matrix/results.json, of which
 * `npm run docs` makes the page.
 */
import { runContract } from "./matrix/contract.ts";
import { FRAMEWORKS, type FrameworkRow } from "./matrix/frameworks.ts";
import { writeResult } from "./matrix/results.ts";
import { versionFolder, type Which } from "./matrix/version-folder.ts";

const BOTH: readonly Which[] = ["oldest", "newest"];

/** Characters of a failure. */
const SHOWN = 400;

const words = process.argv.slice(2);
const chosen = BOTH.filter((which) => words.includes(which));
const names = words.filter((word) => !BOTH.some((which) => which === word));
const unknown = names.filter((name) => !FRAMEWORKS.some((row) => row.name === name));
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(", ")}`);
let failed = 0;
for (const row of FRAMEWORKS.filter(({ name }) => names.length === 0 || names.includes(name))) {
  for (const which of chosen.length === 0 ? BOTH : chosen) failed += await run(row, which);
}
process.exitCode = failed > 0 ? 1 : 0;

/** How many tests failed. */
async function run(row: FrameworkRow, which: Which): Promise<number> {
  const { path, version, runtime } = await versionFolder(row, which);
  const { passed, failed, failures } = await runContract(row.name, path);
  writeResult({ name: row.name, which, version, runtime, passed, failed });
  process.stdout.write(`${row.name} ${version} (${runtime}): ${passed} passed, ${failed} failed\n`);
  for (const failure of failures) process.stdout.write(`  ${failure.split("\n")[0]?.slice(0, SHOWN)}\n`);
  return failed;
}
