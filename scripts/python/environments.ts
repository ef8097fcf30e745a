/**
 * Virtual environments for tests, checks and benchmarks, made from hash-locked files, kept in node_modules/.cache under
 * a key of their content, never half-built: the folder gets its name when everything is in it.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { findUv } from "../../packages/server/src/build/environment/uv.ts";
import { command } from "../run/command.ts";
import type { Interpreter } from "./interpreters.ts";

const CACHE = resolve(import.meta.dirname, "../../node_modules/.cache");
/** Raised when environments are built in another way: older ones are then left. */
const FORMAT = "2";
const FETCH_MS = 120_000;

/** The `bin` folder of an environment that holds exactly what `lock` names. */
export async function environment(interpreter: Interpreter, name: string, lock: string): Promise<string> {
  const key = createHash("sha256")
    .update(readFileSync(lock))
    .update(`${FORMAT} ${interpreter.path}`)
    .digest("hex")
    .slice(0, 12);
  const folder = join(CACHE, `${name}-${interpreter.version}-${key}`);
  if (existsSync(folder)) return join(folder, "bin");
  mkdirSync(CACHE, { recursive: true });
  sweep(`${name}-${interpreter.version}-`);
  process.stderr.write(`building the ${name} environment for Python ${interpreter.version}\n`);
  const uv = await uvFor(interpreter);
  const half = `${folder}.${process.pid}.half`;
  await must([uv, "venv", "--quiet", "--relocatable", "--python", interpreter.path, half]);
  // Bytecode is part of it: what is measured or tested starts as an installed program does.
  const install = [uv, "pip", "install", "--quiet", "--require-hashes", "--compile-bytecode"];
  await must([...install, "--python", join(half, "bin/python"), "-r", lock]);
  renameSync(half, folder);
  return join(folder, "bin");
}

/** Environments of an older lock, and what an interrupted build left. */
function sweep(prefix: string): void {
  for (const entry of readdirSync(CACHE)) {
    if (entry.startsWith(prefix)) rmSync(join(CACHE, entry), { recursive: true, force: true });
  }
}

/** uv as the product itself finds it: on PATH, else fetched once, with or without pip. */
async function uvFor({ path }: Interpreter): Promise<string> {
  const progress = (line: string): void => void process.stderr.write(`${line}\n`);
  const request = { home: CACHE, env: process.env, progress, signal: AbortSignal.timeout(FETCH_MS) };
  const uv = await findUv(request, { interpreter: path });
  if (uv === null) throw new Error("uv is neither here nor can it be fetched");
  return uv;
}

async function must(argv: readonly string[]): Promise<void> {
  const { ok, output } = await command(argv);
  if (!ok) throw new Error(`${argv.join(" ")}\n${output}`);
}
