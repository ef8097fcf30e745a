/**
 * `npm run docs`: runs every generator of scripts/generate; each is a program that writes its pages of docs/reference.
 * `-- --check` leaves everything as it was and fails when a page was not what its source says.
 */
import { globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { command } from "./run/command.ts";

const ROOT = resolve(import.meta.dirname, "..");
const REFERENCE = join(ROOT, "docs/reference");

const check = process.argv.includes("--check");
const before = pages();
const broken = await generate();
const stale = changed(before, pages());
if (check) restore(before);
const verb = check ? "stale, run `npm run docs`" : "written";
for (const page of stale) process.stdout.write(`docs/reference/${page}: ${verb}\n`);
process.exitCode = broken || (check && stale.length > 0) ? 1 : 0;

async function generate(): Promise<boolean> {
  let failed = false;
  for (const generator of globSync("scripts/generate/*.ts", { cwd: ROOT }).sort()) {
    const { ok, output } = await command(["node", generator], { cwd: ROOT });
    if (!ok) process.stdout.write(`${generator} failed\n${output}`);
    failed ||= !ok;
  }
  return failed;
}

function pages(): Map<string, string> {
  const names = globSync("**/*.{md,json}", { cwd: REFERENCE });
  return new Map(names.map((name) => [name, readFileSync(join(REFERENCE, name), "utf8")]));
}

function changed(old: Map<string, string>, now: Map<string, string>): string[] {
  return [...now].filter(([name, text]) => old.get(name) !== text).map(([name]) => name);
}

function restore(old: Map<string, string>): void {
  for (const name of pages().keys()) if (!old.has(name)) rmSync(join(REFERENCE, name));
  for (const [name, text] of old) writeFileSync(join(REFERENCE, name), text);
}
