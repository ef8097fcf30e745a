/**
 * `npm run bench [-- --short]`: measures the subjects in turn on this machine and prints one table. The whole run also
 * writes it to bench/results.md and into the README; the short one only shows that everything still runs.
 * `npm run bench -- sandbox` measures what a container and its way out add (root, runc and nftables are needed), and writes
 * bench/sandbox/results.md.
 * `npm run bench -- platform` measures `runagent server`: deploying, going back, calls through it, sleeping agents; and writes
 * bench/platform/results.md.
 * `npm run bench -- adapters` measures what the adapters add, and writes bench/adapters/results.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { CAN_CONFINE } from "../packages/server/test/sandbox/confined.ts";
import { adaptersTable } from "./adapters/table.ts";
import { machineLine } from "./machine.ts";
import { measureAdapters, measuredFrameworks } from "./measures/adapters.ts";
import { measureCalls } from "./measures/calls.ts";
import { measureFork } from "./measures/fork.ts";
import { measurePlatform, platformTable } from "./measures/platform.ts";
import { measureReaders } from "./measures/readers.ts";
import { measureSandbox, sandboxTable } from "./measures/sandbox.ts";
import { egressTable, measureEgress } from "./measures/sandbox-egress.ts";
import { measureStart } from "./measures/start.ts";
import { FULL, SHORT } from "./plan.ts";
import { Samples } from "./samples.ts";
import { table } from "./table.ts";

const README = resolve(import.meta.dirname, "../README.md");
const MARKED = /(<!-- bench -->\n)[\s\S]*?(<!-- \/bench -->)/;

const short = process.argv.includes("--short");
const plan = short ? SHORT : FULL;
const samples = new Samples();
if (process.argv.includes("adapters")) await adapters();
else if (process.argv.includes("sandbox")) await sandbox();
else if (process.argv.includes("platform")) await platform();
else await everything();
const errors = samples.sum("errors");
if (errors > 0) process.stdout.write(`${errors} answers were wrong\n`);
process.exitCode = errors > 0 ? 1 : 0;

async function everything(): Promise<void> {
  for (const measure of [measureCalls, measureFork, measureReaders, measureStart]) await measure(plan, samples);
  const text = `${table(samples, plan)}\n\n${await machineLine()}; median of ${plan.rounds}; repeat with \`npm run bench\`.\n`;
  process.stdout.write(text);
  if (!short) return write(text);
  await adapters();
  if (CAN_CONFINE) {
    await sandbox();
    await platform();
  } else process.stdout.write("what a sandbox costs was not measured: root and runc are needed\n");
}

async function sandbox(): Promise<void> {
  await measureSandbox(plan.sandbox, samples);
  await measureEgress(plan.egress, samples);
  const repeat = `median of ${plan.sandbox.rounds}, of the way out ${plan.egress.rounds}; repeat with \`npm run bench -- sandbox\``;
  const text = `${sandboxTable(samples)}\n\n${egressTable(samples)}\n\n${await machineLine()}; ${repeat}.\n`;
  process.stdout.write(text);
  if (short) return;
  mkdirSync(resolve(import.meta.dirname, "sandbox"), { recursive: true });
  writeFileSync(resolve(import.meta.dirname, "sandbox/results.md"), `# What a sandbox costs\n\n${text}`);
}

async function platform(): Promise<void> {
  await measurePlatform(plan, samples);
  const repeat = `median of ${plan.platform.rounds}; repeat with \`npm run bench -- platform\``;
  const text = `${platformTable(samples)}\n\n${await machineLine()}; ${repeat}.\n`;
  process.stdout.write(text);
  if (short) return;
  mkdirSync(resolve(import.meta.dirname, "platform"), { recursive: true });
  writeFileSync(resolve(import.meta.dirname, "platform/results.md"), `# What a server costs\n\n${text}`);
}

async function adapters(): Promise<void> {
  await measureAdapters(plan, samples);
  const rows = adaptersTable(samples, plan.adapters.frameworks ?? measuredFrameworks());
  const repeat = `median of ${plan.adapters.rounds}; repeat with \`npm run bench -- adapters\``;
  const text = `${rows}\n\n${await machineLine()}; ${repeat}.\n`;
  process.stdout.write(text);
  if (!short) writeFileSync(resolve(import.meta.dirname, "adapters/results.md"), `# What the adapters add\n\n${text}`);
}

function write(results: string): void {
  writeFileSync(resolve(import.meta.dirname, "results.md"), `# Benchmark\n\n${results}`);
  const readme = readFileSync(README, "utf8");
  writeFileSync(
    README,
    readme.replace(MARKED, (_all, begin: string, end: string) => `${begin}${results}${end}`),
  );
}
