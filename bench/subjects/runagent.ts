/** `runagent serve` as it is published, everything on: schema check, run record, metrics, logs. */
import { join, resolve } from "node:path";
import { startProcess } from "@runagent/testing";
import { command } from "../../scripts/run/command.ts";
import { benchPython } from "./python.ts";
import { type Running, running, type Subject } from "./subject.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const PACKAGE = join(ROOT, "packages/cli");
const COMMAND = join(PACKAGE, "dist/bin/runagent");
const HOME = join(ROOT, "node_modules/.cache/bench-home");
const START_LIMIT_MS = 60_000;
let built: Promise<void> | null = null;

export const runagent = (folder: string, name: string): Subject => ({
  name,
  start: () => serve(folder.startsWith("/") ? folder : join(import.meta.dirname, "../agents", folder)),
});

export async function serve(folder: string, ...options: readonly string[]): Promise<Running> {
  built ??= build();
  await built;
  const python = join(await benchPython(), "python");
  const argv = [COMMAND, "serve", folder, "--port", "0", "--json", "--python", python, ...options];
  const began = performance.now();
  const process_ = startProcess(argv, { env: { ...process.env, RUNAGENT_HOME: HOME } });
  try {
    const ready: { event: string; url: string } = JSON.parse(await process_.line(() => true, START_LIMIT_MS));
    if (ready.event !== "ready") throw new Error(JSON.stringify(ready));
    return running(process_, Number(new URL(ready.url).port), performance.now() - began);
  } catch (error) {
    await process_.close();
    throw error;
  }
}

/** What users install, not the sources: those are stripped of their types at every start. */
async function build(): Promise<void> {
  const { ok, output } = await command([process.execPath, join(PACKAGE, "build.mjs")], { cwd: ROOT });
  if (!ok) throw new Error(`the package could not be built:\n${output}`);
}
