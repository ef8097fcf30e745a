/** Outlines of Python files: read by a Python of the user's with `ast`, in a process of its own that imports nothing of theirs. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { foldersAbove } from "../environment/folders.ts";
import { inFolder, named, onPath, type Python, type Shell } from "../environment/python-find.ts";
import { satisfies } from "../environment/versions.ts";
import type { Outline } from "./outline.ts";

export interface OutlineRequest {
  /** The agent's folder, absolute. */
  readonly root: string;
  readonly files: readonly string[];
  readonly env: Shell;
  /** `--python`. */
  readonly python: string | null;
}

export type OutlineReading = { readonly outlines: readonly Outline[] } | { readonly why: string };

const LEAST_PYTHON = ">=3.10";

export async function readPython(request: OutlineRequest): Promise<OutlineReading> {
  if (request.files.length === 0) return { outlines: [] };
  const patience = AbortSignal.timeout(DEFAULT_LIMITS.discover_time);
  const python = await findPython(request, patience);
  if (python === null) return { why: "No Python from 3.10 on was found to read the Python files with." };
  const answer = await ask(python.interpreter, request, patience);
  return typeof answer === "string" ? { why: `The Python files could not be read: ${answer}` } : { outlines: answer };
}

/** The one that would run the agent, unless that has to be built first: its grammar is all that counts here. */
async function findPython(request: OutlineRequest, signal: AbortSignal): Promise<Python | null> {
  const { root, env, python: wanted } = request;
  for await (const python of candidates({ root, env, wanted, signal })) {
    if (python !== null && satisfies(python.version, LEAST_PYTHON)) return python;
  }
  return null;
}

async function* candidates(at: {
  readonly root: string;
  readonly env: Shell;
  readonly wanted: string | null;
  readonly signal: AbortSignal;
}): AsyncGenerator<Python | null> {
  const { root, env, wanted, signal } = at;
  if (wanted !== null) yield named(wanted, { folder: process.cwd(), env, signal });
  if (env.VIRTUAL_ENV) yield inFolder(env.VIRTUAL_ENV, signal);
  for (const folder of foldersAbove(root)) yield inFolder(`${folder}/.venv`, signal);
  yield* onPath(env, root, signal);
}

async function ask(
  interpreter: string,
  { root, files }: OutlineRequest,
  signal: AbortSignal,
): Promise<readonly Outline[] | string> {
  const child = spawn(interpreter, ["-I", "-S", "-B", "-X", "utf8", outlineFile()], { cwd: "/", env: {}, signal });
  const failed = new Promise<string>((resolve) => child.once("error", (error) => resolve(error.message)));
  child.stdin.on("error", () => undefined); // it may end before it has read its work; its exit says so
  child.stdin.end(JSON.stringify({ root, files }));
  const said = Promise.all([text(child.stdout), text(child.stderr)]).then(([out, err]) => parsed(out) ?? lastLine(err));
  return Promise.race([said.catch(() => failed), failed]);
}

function parsed(out: string): readonly Outline[] | null {
  try {
    return JSON.parse(out);
  } catch {
    return null; // what went wrong stands on the other output
  }
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";

/** Published, it lies beside the Python worker. */
function outlineFile(): string {
  const places = ["./workers/python/runagent_worker", "../../../../worker-python/runagent_worker"];
  const files = places.map((place) => fileURLToPath(new URL(`${place}/outline.py`, import.meta.url)));
  return files.find((file) => existsSync(file)) ?? "outline.py";
}
