/**
 * The Python environment of a sandboxed agent: built in a sandbox of its own, for the Python of its file system, keyed by
 * what is wanted and by that file system. The user's own environments are of the host, and not seen.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative, sep } from "node:path";
import { cached } from "./cache.ts";
import { CERTIFICATES, installInside } from "./confined-tools.ts";
import type { Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { cacheFailure } from "./failure.ts";
import { agentFolders } from "./folders.ts";
import { hashFolder, isHashedPython, localOfUvLock, owner } from "./hashed.ts";
import { confinedIndexes } from "./indexes.ts";
import { readText } from "./python-find.ts";
import { localContent } from "./python-local.ts";
import { findRequirements, fromPoetryLock, type Requirements } from "./python-requirements.ts";
import { hostsInFiles } from "./reach.ts";
import { RESOLVED, type Resolved, resolution } from "./resolved.ts";
import { sourceOf } from "./source-root.ts";
import { findUv } from "./uv.ts";

export interface ConfinedEnvironment {
  /** Of what was built; null: nothing was. */
  readonly id: string | null;
  /** On the host; null: the file system's own Python is enough. */
  readonly directory: string | null;
  /** Inside. */
  readonly interpreter: string;
  readonly resolved: Resolved | null;
  readonly notes: readonly string[];
  readonly watch: readonly string[];
}

/** Where it lies inside, when it is built and when it is used: scripts of packages name it. */
const ENVIRONMENT = "/env";
const SOURCE = "/src";
const UV = "/usr/local/bin/uv";
const CACHE = "/var/tmp";
/** What is installed, said by us: the packages of a `poetry.lock`, or those that were resolved before. */
const LIST_FOLDER = "/run/runagent";
const LIST = "requirements.txt";
const FORMAT = "python confined 2";

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confinedPython(request: EnvironmentRequest, within: Confinement): Promise<ConfinedEnvironment> {
  const wanted = findWanted(request);
  const notes = existsSync(join(request.root, ".venv")) ? [NOT_SEEN] : [];
  if (wanted === null || wanted.empty) {
    const watch = wanted?.files ?? [];
    return { id: null, directory: null, interpreter: within.python, resolved: null, notes, watch };
  }
  const shown = relative(request.root, join(wanted.folder, wanted.kind)) || wanted.kind;
  const key = keyOf(request, within, wanted);
  try {
    const entry = await cached({
      folder: join(request.home, "sandbox-environments"),
      key,
      keep: within.limits.environment_cache,
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is building the sandbox's environment of ${shown}; waiting`),
      works: (directory) => existsSync(join(directory, "env", "pyvenv.cfg")),
      build: async (directory) => {
        request.progress(`Building the sandbox's environment from ${shown}, once for this content`);
        await install({ request, within, wanted, directory, shown, key });
        return "uv";
      },
    });
    if (entry.ms > 0) request.progress(`Environment built in ${(entry.ms / 1000).toFixed(1)} s`);
    const locked = wanted.kind.endsWith(".lock");
    const resolved = locked ? null : await resolution(request, { key, file: join(entry.directory, "env", RESOLVED) });
    const said = { notes: [...notes, ...(resolved?.notes ?? [])], watch: wanted.files };
    const directory = join(entry.directory, "env");
    return { id: key, directory, interpreter: `${ENVIRONMENT}/bin/python`, resolved, ...said };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

/** A member of a workspace has its lock with the whole. */
function findWanted(request: EnvironmentRequest): Requirements | null {
  const folders = agentFolders(request);
  const nearest = findRequirements(folders);
  const lock = folders.map((folder) => join(folder, "uv.lock")).find((path) => existsSync(path));
  return nearest?.kind === "pyproject.toml" && lock !== undefined ? findRequirements([dirname(lock)]) : nearest;
}

const NOT_SEEN = "The sandbox does not see .venv: its packages come from requirements.txt, pyproject.toml or a lock.";

const NAMES_FOLDERS = /\b(?:path|workspace) = |file:\/\//;

function keyOf(request: EnvironmentRequest, within: Confinement, wanted: Requirements): string {
  const hash = createHash("sha256").update(`${FORMAT}\0${within.key}\0${wanted.kind}\0`);
  hash.update(`${owner(request, isHashedPython(wanted))}\0`);
  for (const file of wanted.files) hash.update(`${relative(wanted.folder, file)}\0${readText(file)}\0`);
  if (wanted.kind === "requirements.txt") hash.update(localContent(wanted.files, request.root));
  if (wanted.kind === "pyproject.toml" && NAMES_FOLDERS.test(readText(wanted.files[0] ?? ""))) {
    hash.update(hashFolder(sourceOf(request, wanted.folder)));
  }
  if (wanted.kind === "uv.lock") {
    const local = localOfUvLock(readText(wanted.files[0] ?? "")).map((folder) => join(wanted.folder, folder));
    const source = sourceOf(request, wanted.folder); // what lies beyond it the build does not get
    const there = local.filter((one) => one !== request.root && one.startsWith(source + sep) && existsSync(one));
    for (const folder of there) hash.update(hashFolder(folder));
    hash.update(`\0${relative(wanted.folder, request.root)}`); // a member of a workspace has its own part of the lock
  }
  return hash.digest("hex").slice(0, 20);
}

interface Install {
  readonly request: EnvironmentRequest;
  readonly within: Confinement;
  readonly wanted: Requirements;
  readonly directory: string;
  readonly shown: string;
  readonly key: string;
}

async function install(work: Install): Promise<void> {
  const { request, within, wanted, directory, shown } = work;
  const uv = await findUv(request, { interpreter: "python3" });
  if (uv === null) throw new Error("uv is needed to build a sandbox's environment, and cannot be fetched");
  const { env, trusted } = await confinedIndexes(request.env, request.secrets ?? {}, request.signal);
  const source = sourceOf(request, wanted.folder);
  const scope = owner(request, isHashedPython(wanted));
  const list = writeList(work);
  mkdirSync(join(directory, "env"));
  await installInside({
    ...{ request, within, shown },
    text: readText(wanted.files[0] ?? ""),
    script: script(wanted, list !== null),
    cwd: join(SOURCE, relative(source, wanted.kind === "uv.lock" ? request.root : wanted.folder)),
    env: { ...env, ...OWN },
    // What is shared must not come from where another agent's build could write.
    cache: { name: scope === "" ? null : `python-${scope}`, to: CACHE },
    reach: { trusted, named: hostsInFiles(wanted.files) },
    binds: [
      { from: join(directory, "env"), to: ENVIRONMENT, access: "made" },
      { from: source, to: SOURCE, access: "copied" },
      { from: uv, to: UV, access: "read" },
      ...(list === null ? [] : [{ from: list, to: LIST_FOLDER, access: "read" } as const]),
    ],
  });
}

/** The folder of the list that we write; null: the project's own is used. */
function writeList({ request, wanted, directory, key }: Install): string | null {
  const poetry = wanted.kind === "poetry.lock";
  const before = readText(join(request.home, "resolved", `${key}.txt`));
  const text = poetry
    ? fromPoetryLock(readText(wanted.files[0] ?? ""))
    : before === ""
      ? ""
      : indexLines(wanted) + before;
  if (text === "") return null;
  writeFileSync(join(directory, LIST), text);
  return directory;
}

/** Where the list itself says that its packages are. */
const indexLines = ({ files }: Requirements): string =>
  files
    .flatMap((file) => readText(file).match(/^\s*(?:-i|--(?:extra-)?index-url|-f|--find-links)[\s=].*$/gm) ?? [])
    .map((line) => `${line}\n`)
    .join("");

const OWN = {
  HOME: "/tmp",
  UV_CACHE_DIR: CACHE,
  UV_LINK_MODE: "copy",
  UV_NO_PROGRESS: "1",
  UV_PYTHON_DOWNLOADS: "never",
  UV_PROJECT_ENVIRONMENT: ENVIRONMENT,
  SSL_CERT_FILE: CERTIFICATES,
};

function script({ kind, folder, files }: Requirements, listed: boolean): string {
  const python = `--python ${ENVIRONMENT}/bin/python --compile-bytecode`;
  const venv = `uv venv --quiet --allow-existing --python /usr/bin/python3 ${ENVIRONMENT}`;
  if (kind === "uv.lock") return `${venv}\nuv sync --frozen --no-install-project --no-editable --no-dev ${python}`;
  if (listed) return `${venv}\nuv pip install ${python} --no-deps -r ${LIST_FOLDER}/${LIST}`;
  const [list = "", ...included] = files.map((file) => quoted(relative(folder, file)));
  const freeze = `uv pip freeze --python ${ENVIRONMENT}/bin/python > ${ENVIRONMENT}/${RESOLVED}`;
  const each = `for list in ${[list, ...included].join(" ")}; do if [ -f "$list" ]; then sed -i -E '${EDITABLE}' "$list"; fi; done\n`;
  const copied = kind === "requirements.txt" ? each : "";
  return `${venv}\n${copied}uv pip install ${python} -r ${list}\n${freeze}`;
}

/** The agent does not see the sources: a project that is to be linked is installed. */
const EDITABLE = "s/^[[:space:]]*(-e[[:space:]]+|--editable[[:space:]=]+)//";

const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
