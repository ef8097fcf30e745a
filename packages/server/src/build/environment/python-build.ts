/**
 * Builds a Python environment in the cache: keyed by what is wanted and by the interpreter, with bytecode compiled (imports
 * are 2.5 times faster), with uv, else pip. The user's folder is only read.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { cached } from "./cache.ts";
import { type Finished, run } from "./command.ts";
import type { Built, EnvironmentRequest } from "./environment.ts";
import { cacheFailure, installFailure } from "./failure.ts";
import { uvSettings } from "./indexes.ts";
import type { Python } from "./python-find.ts";
import { readText } from "./python-find.ts";
import { localContent, withCopies } from "./python-local.ts";
import { fromPoetryLock, type Requirements } from "./python-requirements.ts";
import { findUv } from "./uv.ts";

/** Raised when environments are built in another way: older ones are then built again. */
const FORMAT = "python 2";
const KEY_LENGTH = 20;
/** Says to the worker that this environment is ours, and which list a missing package belongs into. */
const BUILT_FROM = "runagent-built-from";

export interface BuiltPython {
  readonly directory: string;
  readonly built: Built;
}

export async function buildPython(
  request: EnvironmentRequest,
  base: Python,
  wanted: Requirements,
): Promise<BuiltPython> {
  const key = keyOf(request.root, base, wanted);
  const shown = relative(request.root, join(wanted.folder, wanted.kind)) || wanted.kind;
  try {
    const entry = await cached({
      folder: join(request.home, "environments"),
      key,
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is building the environment of ${shown}; waiting for it`),
      works: (directory) => existsSync(join(directory, "bin", "python")) && existsSync(join(directory, "pyvenv.cfg")),
      build: async (directory) => {
        request.progress(`Building an environment from ${shown} with Python ${base.version}, once for this content`);
        const tool = await install({ request, base, wanted, directory, shown });
        await writeFile(join(directory, BUILT_FROM), wanted.kind);
        return tool;
      },
    });
    if (entry.ms > 0) request.progress(`Environment built in ${(entry.ms / 1000).toFixed(1)} s with ${entry.tool}`);
    return { directory: entry.directory, built: { key, ms: entry.ms, tool: entry.tool } };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

/** The same content, interpreter and platform give the same environment. */
function keyOf(root: string, base: Python, wanted: Requirements): string {
  const hash = createHash("sha256").update(`${FORMAT}\0${process.platform}\0${process.arch}\0`);
  hash.update(`${base.version}\0${base.interpreter}\0${wanted.kind}\0`);
  for (const file of wanted.files) hash.update(`${relative(wanted.folder, file)}\0${readText(file)}\0`);
  if (wanted.kind === "requirements.txt") hash.update(localContent(wanted.files, root));
  return hash.digest("hex").slice(0, KEY_LENGTH);
}

interface Install {
  readonly request: EnvironmentRequest;
  readonly base: Python;
  readonly wanted: Requirements;
  readonly directory: string;
  /** The requirement file as a person knows it. */
  readonly shown: string;
}

async function install(work: Install): Promise<string> {
  if (work.wanted.empty) {
    await must(work, { file: work.base.interpreter, args: ["-m", "venv", "--without-pip", work.directory] });
    return "venv";
  }
  const uv = await findUv(work.request, work.base);
  if (uv === null) {
    await installWithPip(work);
    return "pip";
  }
  await installWithUv(work, uv);
  return "uv";
}

async function installWithUv(work: Install, uv: string): Promise<void> {
  const { request, base, wanted, directory } = work;
  const python = join(directory, "bin", "python");
  const env = await uvSettings(base.interpreter, request.env, request.signal);
  if (wanted.kind === "uv.lock") {
    const skip = ["--no-install-project", "--no-install-workspace", "--no-dev"];
    const args = ["sync", "--frozen", ...skip, "--compile-bytecode", "--python", base.interpreter];
    await must(work, { file: uv, args, env: { ...env, UV_PROJECT_ENVIRONMENT: directory } });
    return;
  }
  // The folder holds nothing yet; uv asks before it takes a folder that is there.
  await must(work, {
    file: uv,
    args: ["venv", "--quiet", "--allow-existing", "--python", base.interpreter, directory],
  });
  const list = await listOf(work);
  const exact = wanted.kind === "poetry.lock" ? ["--no-deps"] : [];
  await must(work, {
    file: uv,
    args: ["pip", "install", "--python", python, "--compile-bytecode", ...exact, "-r", list],
    env,
  });
}

async function installWithPip(work: Install): Promise<void> {
  const { base, wanted, directory } = work;
  const made = await attempt(work, { file: base.interpreter, args: ["-m", "venv", directory] });
  if (made.code !== 0) {
    const system =
      "Install pip for this Python (on Debian: apt install python3-venv), or uv: https://docs.astral.sh/uv/";
    throw new RunAgentError("LOAD_FAILED", "No tool can install packages: neither uv nor pip is there.", {
      hint: system,
      traceback: made.tail.join("\n"),
    });
  }
  if (wanted.kind === "uv.lock")
    work.request.progress("pip cannot read uv.lock: it resolves what pyproject.toml names");
  const list =
    wanted.kind === "uv.lock" || wanted.kind === "pyproject.toml" ? await dependencyList(work) : await listOf(work);
  const exact = wanted.kind === "poetry.lock" ? ["--no-deps"] : [];
  const args = ["-m", "pip", "install", "--no-input", "--compile", ...exact, "-r", list];
  await must(work, { file: join(directory, "bin", "python"), args });
}

/** The file that names what to install; it is written first for `poetry.lock`, and where a list names folders. */
async function listOf({ wanted, directory }: Install): Promise<string> {
  const [path = ""] = wanted.files;
  if (wanted.kind !== "poetry.lock" && wanted.kind !== "requirements.txt") return path;
  const text = wanted.kind === "poetry.lock" ? fromPoetryLock(readText(path)) : await withCopies(path, directory);
  if (text === null) return path;
  const list = join(directory, "requirements.txt");
  await writeFile(list, text);
  return list;
}

const READ_DEPENDENCIES = `
import sys
try: import tomllib
except ImportError: from pip._vendor import tomli as tomllib
print("\\n".join(tomllib.load(open(sys.argv[1], "rb")).get("project", {}).get("dependencies", [])))
`;

/** pip cannot read a project's dependencies without building it. */
async function dependencyList(work: Install): Promise<string> {
  const project = join(work.wanted.folder, "pyproject.toml");
  const python = join(work.directory, "bin", "python");
  const { stdout } = await must(work, { file: python, args: ["-c", READ_DEPENDENCIES, project] });
  const list = join(work.directory, "requirements.txt");
  await writeFile(list, stdout);
  return list;
}

interface Tool {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** The interpreter is chosen already: uv must not look for another. */
const QUIET = { PIP_DISABLE_PIP_VERSION_CHECK: "1", UV_NO_PROGRESS: "1", UV_PYTHON_DOWNLOADS: "never" };

async function attempt({ request, wanted }: Install, tool: Tool): Promise<Finished> {
  // Another environment that is active must not decide where things go.
  const { VIRTUAL_ENV: _, CONDA_PREFIX: __, PYTHONPATH: ___, PYTHONHOME: ____, ...shell } = request.env;
  const env = { ...shell, ...QUIET, ...tool.env };
  const { signal, progress } = request;
  return run({ ...tool, cwd: wanted.folder, env, signal, onLine: (line) => progress(`  ${line.trim()}`, "tool") });
}

async function must(work: Install, tool: Tool): Promise<Finished> {
  const finished = await attempt(work, tool);
  if (finished.code !== 0) throw installFailure(work.shown, readText(work.wanted.files[0] ?? ""), finished);
  return finished;
}
