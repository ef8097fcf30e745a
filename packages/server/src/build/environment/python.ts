/**
 * Which Python runs an agent: `--python` > `runtime.python` > active virtualenv > nearest `.venv` > a built environment
 * (uv project, requirements) > PATH. What the user has is used as it is, never changed.
 */
import { existsSync } from "node:fs";
import { basename, delimiter, join, relative, resolve } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import type { Environment, EnvironmentRequest, EnvironmentSource } from "./environment.ts";
import { Explanation } from "./environment.ts";
import { agentFolders, foldersAbove, projectFolders } from "./folders.ts";
import { buildPython } from "./python-build.ts";
import { inFolder, named, onPath, type Python, pythonVersionFile } from "./python-find.ts";
import { findRequirements, PROJECT_FILES, requiresPython } from "./python-requirements.ts";
import { satisfies } from "./versions.ts";

const LEAST_PYTHON = ">=3.10";
const RUNTIME = "runtime.python";

interface Search {
  readonly request: EnvironmentRequest;
  readonly folders: readonly string[];
  readonly explanation: Explanation;
  readonly notes: string[];
  /** What the version must satisfy, and who says so. */
  readonly demands: readonly Demand[];
}

interface Demand {
  readonly requirement: string;
  readonly by: string;
}

export async function resolvePython(request: EnvironmentRequest): Promise<Environment> {
  const folders = projectFolders(request.root, PROJECT_FILES);
  const explanation = new Explanation();
  const { python: wanted } = request.config.runtime;
  const byVersion = wanted !== null && /^[\d.x*\s,<>=!~^|v]+$/.test(wanted);
  const project = requiresPython(agentFolders(request));
  const demands = [
    { requirement: LEAST_PYTHON, by: "RunAgent" },
    ...(byVersion ? [{ requirement: wanted, by: RUNTIME }] : []),
    ...(project === null ? [] : [{ requirement: project.requirement, by: "requires-python of pyproject.toml" }]),
  ];
  const search: Search = { request, folders, explanation, notes: [], demands };
  if (request.pythonFlag !== null) return fromFlag(search, request.pythonFlag);
  explanation.say("--python: not given");
  if (wanted !== null && !byVersion) return exactly(search, "runtime.python", { text: wanted, folder: request.root });
  explanation.say(
    wanted === null ? "runtime.python: not set" : `runtime.python: a version, ${wanted}, that the next steps keep to`,
  );
  return (await active(search)) ?? (await nearestVenv(search)) ?? (await builtOrPath(search));
}

async function fromFlag(search: Search, flag: string): Promise<Environment> {
  const { request } = search;
  if (!/^\d+(\.\d+){0,2}$/.test(flag)) return exactly(search, "--python", { text: flag, folder: process.cwd() });
  const demands = [{ requirement: flag, by: "--python" }, ...search.demands];
  const python = await choose({ ...search, demands }, { request, soft: null });
  return done(search, python, { source: "--python", why: `taken: the Python ${flag} that was found` });
}

/** A person named one: that one, or nothing. */
async function exactly(search: Search, source: "--python" | "runtime.python", at: { text: string; folder: string }) {
  const { env, signal } = search.request;
  const python = await named(at.text, { folder: at.folder, env, signal });
  if (python === null) {
    throw new RunAgentError(
      "LOAD_FAILED",
      `${source} names ${JSON.stringify(at.text)}, which is no Python that starts.`,
      {
        hint: "Name an interpreter, the folder of a virtual environment, or a version such as 3.12.",
      },
    );
  }
  refuseOld(python, source);
  return done(search, python, { source, why: "taken" });
}

async function active(search: Search): Promise<Environment | null> {
  const { env, signal } = search.request;
  const conda = env.CONDA_DEFAULT_ENV === "base" ? undefined : env.CONDA_PREFIX;
  const folder = env.VIRTUAL_ENV || conda;
  if (!folder) {
    search.explanation.say("active virtualenv: none (VIRTUAL_ENV, CONDA_PREFIX)");
    return null;
  }
  const python = await inFolder(resolve(folder), signal);
  return suits(search, python, { source: "active virtualenv", path: folder });
}

async function nearestVenv(search: Search): Promise<Environment | null> {
  const folders = foldersAbove(search.request.root);
  for (const folder of folders) {
    const path = join(folder, ".venv");
    if (!existsSync(path)) continue;
    return suits(search, await inFolder(path, search.request.signal), { source: ".venv", path });
  }
  search.explanation.say(`.venv: none from the agent's folder up to ${folders.at(-1)}`);
  return null;
}

/** An environment of the user's: used when it starts and has the right version, else said why not. */
function suits(
  search: Search,
  python: Python | null,
  at: { source: EnvironmentSource; path: string },
): Environment | null {
  if (python === null) {
    const line = `${at.source}: ${at.path} has no Python that starts, passed over`;
    search.explanation.say(line);
    search.notes.push(line);
    return null;
  }
  refuseOld(python, `${at.source} ${at.path}`);
  const unmet = search.demands.find(({ requirement }) => !satisfies(python.version, requirement));
  if (unmet !== undefined) {
    const line = `${at.source}: ${at.path} is Python ${python.version}, ${unmet.by} wants ${unmet.requirement}`;
    search.notes.push(line);
    // The project's wish does not outweigh the environment that its owner made; the agent's config does.
    if (unmet.by === RUNTIME) {
      search.explanation.say(`${line}, passed over`);
      return null;
    }
  }
  return done(search, python, { source: at.source, why: "taken as it is; nothing is installed" });
}

async function builtOrPath(search: Search): Promise<Environment> {
  const { request, explanation } = search;
  const wanted = findRequirements(agentFolders(request));
  const version = pythonVersionFile(request.root);
  const base = await choose(search, {
    request,
    soft: version === null ? null : { requirement: version.text, by: version.path },
  });
  if (wanted === null) {
    explanation.say("project: no uv.lock, poetry.lock, requirements.txt or project in pyproject.toml");
    const source = search.demands.some(({ by }) => by === RUNTIME) ? "runtime.python" : "PATH";
    return done(search, base, { source, why: "taken" });
  }
  const what = wanted.kind === "uv.lock" ? "uv project" : "project";
  explanation.say(`${what}: ${relative(request.root, join(wanted.folder, wanted.kind)) || basename(wanted.folder)}`);
  const { directory, built } = await buildPython(request, base, wanted);
  const python = { interpreter: join(directory, "bin", "python"), version: base.version, virtual: directory };
  const why = built.ms === 0 ? `taken from the cache (${built.key})` : `built with ${built.tool} (${built.key})`;
  const environment = done(search, python, { source: "built", why });
  return { ...environment, built, watch: [...new Set([...environment.watch, ...wanted.files])] };
}

/** The first on PATH that satisfies everything; a soft wish counts when somebody can fulfil it. */
async function choose(search: Search, at: { request: EnvironmentRequest; soft: Demand | null }): Promise<Python> {
  const { request, explanation, demands } = search;
  const soft = at.soft !== null && /^[\d.]+$/.test(at.soft.requirement) ? at.soft : null;
  let second: Python | null = null;
  const seen: string[] = [];
  for await (const python of onPath(request.env, request.root, request.signal)) {
    seen.push(`${python.version} (${python.interpreter})`);
    const unmet = demands.find(({ requirement }) => !satisfies(python.version, requirement));
    if (unmet !== undefined) {
      explanation.say(`PATH: ${python.interpreter} is ${python.version}, ${unmet.by} wants ${unmet.requirement}`);
    } else if (soft === null || satisfies(python.version, soft.requirement)) {
      explanation.say(`PATH: ${python.interpreter} is ${python.version}`);
      return python;
    } else second ??= python;
  }
  if (second === null) throw noPython(demands, seen);
  explanation.say(`PATH: no Python ${soft?.requirement} (${soft?.by}); ${second.interpreter} is ${second.version}`);
  return second;
}

function noPython(demands: readonly Demand[], seen: readonly string[]): RunAgentError {
  const asked = demands.map(({ requirement, by }) => `${requirement} (${by})`).join(" and ");
  const found = seen.length === 0 ? "none was found" : `found ${seen.join(", ")}`;
  return new RunAgentError("LOAD_FAILED", `No Python on PATH is ${asked}: ${found}.`, {
    hint: "Install one (`uv python install 3.12`, pyenv, or your system's packages), or name it with --python.",
  });
}

function refuseOld(python: Python, where: string): void {
  if (satisfies(python.version, LEAST_PYTHON)) return;
  throw new RunAgentError("LOAD_FAILED", `${where} is Python ${python.version}; RunAgent needs 3.10 or newer.`, {
    hint: "Make the environment again with a newer Python (`uv venv --python 3.12`), or name one with --python.",
  });
}

function done(
  search: Search,
  python: Python,
  { source, why }: { source: EnvironmentSource; why: string },
): Environment {
  const { request, explanation, folders } = search;
  explanation.say(`${source}: ${python.interpreter}, Python ${python.version}: ${why}`);
  const bin = python.virtual === null ? null : join(python.virtual, "bin");
  const path = [bin, request.env.PATH].filter(Boolean).join(delimiter);
  return {
    language: "python",
    interpreter: python.interpreter,
    version: python.version,
    source,
    explain: explanation.lines,
    env: python.virtual === null ? {} : { VIRTUAL_ENV: python.virtual, PATH: path },
    nodeModules: null,
    built: null,
    notes: search.notes,
    watch: watchedFiles(folders),
  };
}

/** Files whose change may give another environment; they need not exist. */
export function watchedFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) =>
    [...PROJECT_FILES, ".python-version", ".venv/pyvenv.cfg"].map((name) => join(folder, name)),
  );
}
