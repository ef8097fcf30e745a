/** Finds Python interpreters: on PATH, behind pyenv's shims, uv's own, by a person's words. Asks each for its version. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, delimiter, dirname, isAbsolute, join, resolve } from "node:path";
import { run } from "./command.ts";
import { compareVersions, satisfies } from "./versions.ts";

export interface Python {
  /** Absolute, the real interpreter, never a shim. */
  readonly interpreter: string;
  readonly version: string;
  /** The folder of the virtual environment that it belongs to; null: none. */
  readonly virtual: string | null;
}

export type Shell = Readonly<Record<string, string | undefined>>;

const NAMES = ["python3", "python", "python3.14", "python3.13", "python3.12", "python3.11", "python3.10"];
const ASK =
  "import sys;print('%d.%d.%d'%sys.version_info[:3]);print(sys.executable);print(sys.prefix);print(sys.base_prefix)";
/** An interpreter that says nothing for so long is none. */
const ASK_MS = 10_000;

/** Null when it is no Python that starts. */
export async function ask(interpreter: string, signal: AbortSignal): Promise<Python | null> {
  const patience = AbortSignal.any([signal, AbortSignal.timeout(ASK_MS)]);
  const asked = run({ file: interpreter, args: ["-I", "-S", "-c", ASK], cwd: "/", env: process.env, signal: patience });
  const { code, stdout } = await asked.catch((error: unknown) => {
    signal.throwIfAborted();
    return { code: null, stdout: String(error) };
  });
  const [version = "", executable = "", prefix, base] = stdout.trim().split(/\r?\n/);
  if (code !== 0 || !/^\d+\.\d+\.\d+$/.test(version) || !isAbsolute(executable)) return null;
  return { interpreter: executable, version, virtual: prefix === undefined || prefix === base ? null : prefix };
}

/** The Python of a virtual environment's folder. Its own notes are read rather than asked: that costs nothing. */
export async function inFolder(folder: string, signal: AbortSignal): Promise<Python | null> {
  const interpreter = join(folder, "bin", "python");
  if (!existsSync(interpreter)) return null;
  const notes = readText(join(folder, "pyvenv.cfg"));
  const version = /^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)/m.exec(notes)?.[1];
  return version === undefined ? ask(interpreter, signal) : { interpreter, version, virtual: folder };
}

/** What `--python` or `runtime.python` names: a file, a folder of an environment, or a name on PATH. */
export async function named(
  text: string,
  at: { folder: string; env: Shell; signal: AbortSignal },
): Promise<Python | null> {
  const path = resolve(at.folder, text.replace(/^~(?=\/)/, at.env.HOME ?? "~"));
  const kind = statSync(path, { throwIfNoEntry: false });
  if (kind?.isDirectory()) return (await inFolder(path, at.signal)) ?? ask(join(path, "bin", "python3"), at.signal);
  if (kind?.isFile()) return ask(path, at.signal);
  if (/[/\\]/.test(text)) return null;
  for await (const python of onPath(at.env, at.folder, at.signal, [text])) return python;
  return null;
}

/** Interpreters on PATH, then pyenv's and uv's others, each once. */
export async function* onPath(
  env: Shell,
  folder: string,
  signal: AbortSignal,
  names: readonly string[] = NAMES,
): AsyncGenerator<Python> {
  const seen = new Set<string>();
  for (const path of candidates(env, folder, names)) {
    if (!existsSync(path)) continue;
    // The folder may have several names; the file must keep its own, which tells environments from their base.
    const real = join(realpathSync(dirname(path)), basename(path));
    if (seen.has(real)) continue;
    seen.add(real);
    const python = await ask(path, signal);
    if (python === null || seen.has(`=${python.interpreter}`)) continue;
    seen.add(`=${python.interpreter}`);
    yield python;
  }
}

function* candidates(env: Shell, folder: string, names: readonly string[]): Generator<string> {
  const folders = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  for (const name of names) {
    for (const one of folders) {
      if (one.endsWith("/shims")) yield* behindShim(env, dirname(one), { folder, name });
      else yield join(one, name);
    }
  }
  if (names !== NAMES) return;
  for (const one of folders.filter((path) => path.endsWith("/shims"))) yield* allIn(join(dirname(one), "versions"));
  const data = env.XDG_DATA_HOME ?? join(env.HOME ?? "/", ".local", "share");
  yield* allIn(join(data, "uv", "python"));
}

/** What pyenv's shim would start; starting the shim itself costs a shell each time. */
function* behindShim(env: Shell, pyenv: string, at: { folder: string; name: string }): Generator<string> {
  const chosen = env.PYENV_VERSION ?? pythonVersionFile(at.folder)?.text ?? readText(join(pyenv, "version"));
  const versions = foldersIn(join(pyenv, "versions"));
  for (const wanted of chosen.split(/[\s:]+/).filter(Boolean)) {
    const exact = versions.find((one) => one === wanted);
    const match = exact ?? versions.find((one) => satisfies(one, wanted));
    if (match !== undefined) yield join(pyenv, "versions", match, "bin", at.name);
  }
}

function* allIn(folder: string): Generator<string> {
  for (const version of foldersIn(folder)) yield join(folder, version, "bin", "python3");
}

/** The newest first. */
function foldersIn(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).sort((a, b) => compareVersions(b, a));
}

/** The nearest `.python-version`, as pyenv and uv look for it. */
export function pythonVersionFile(folder: string): { path: string; text: string } | null {
  for (let at = folder; ; at = dirname(at)) {
    const path = join(at, ".python-version");
    if (existsSync(path)) return { path, text: readText(path).replace(/#.*/g, "").trim() };
    if (at === dirname(at)) return null;
  }
}

export function readText(path: string): string {
  return existsSync(path) ? readFileSync(path, "utf8") : "";
}
