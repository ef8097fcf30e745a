/**
 * The Python environment of a sandboxed agent: built inside the sandbox's file system, for the Python that is there, keyed
 * by what is wanted and by that file system. The user's own environments are of the host, and not seen.
 */
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { cached } from "./cache.ts";
import { CERTIFICATES, installInside } from "./confined-tools.ts";
import type { Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { cacheFailure } from "./failure.ts";
import { agentFolders } from "./folders.ts";
import { uvSettings } from "./indexes.ts";
import { readText } from "./python-find.ts";
import { findRequirements, fromPoetryLock, type Requirements } from "./python-requirements.ts";
import { findUv } from "./uv.ts";

export interface ConfinedEnvironment {
  /** On the host; null: the file system's own Python is enough. */
  readonly directory: string | null;
  /** Inside. */
  readonly interpreter: string;
  readonly notes: readonly string[];
  readonly watch: readonly string[];
}

/** Where it lies inside, when it is built and when it is used: scripts of packages name it. */
const ENVIRONMENT = "/env";
const SOURCE = "/src";
const UV = "/usr/local/bin/uv";
const CACHE = "/var/tmp";
/** What a `poetry.lock` names, in pip's words. */
const LIST = "requirements.txt";
const FORMAT = "python confined 1";

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confinedPython(request: EnvironmentRequest, within: Confinement): Promise<ConfinedEnvironment> {
  const wanted = findRequirements(agentFolders(request));
  const notes = existsSync(join(request.root, ".venv")) ? [NOT_SEEN] : [];
  if (wanted === null || wanted.empty) {
    return { directory: null, interpreter: within.python, notes, watch: wanted?.files ?? [] };
  }
  const shown = relative(request.root, join(wanted.folder, wanted.kind)) || wanted.kind;
  try {
    const entry = await cached({
      folder: join(request.home, "sandbox-environments"),
      key: keyOf(within, wanted),
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is building the sandbox's environment of ${shown}; waiting`),
      works: (directory) => existsSync(join(directory, "pyvenv.cfg")),
      build: async (directory) => {
        request.progress(`Building the sandbox's environment from ${shown}, once for this content`);
        await install({ request, within, wanted, directory, shown });
        return "uv";
      },
    });
    if (entry.ms > 0) request.progress(`Environment built in ${(entry.ms / 1000).toFixed(1)} s`);
    return { directory: entry.directory, interpreter: `${ENVIRONMENT}/bin/python`, notes, watch: wanted.files };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

const NOT_SEEN = "The sandbox does not see .venv: its packages come from requirements.txt, pyproject.toml or a lock.";

function keyOf(within: Confinement, wanted: Requirements): string {
  const hash = createHash("sha256").update(`${FORMAT}\0${within.key}\0${wanted.kind}\0`);
  for (const file of wanted.files) hash.update(`${relative(wanted.folder, file)}\0${readText(file)}\0`);
  return hash.digest("hex").slice(0, 20);
}

interface Install {
  readonly request: EnvironmentRequest;
  readonly within: Confinement;
  readonly wanted: Requirements;
  readonly directory: string;
  readonly shown: string;
}

async function install(work: Install): Promise<void> {
  const { request, within, wanted, directory, shown } = work;
  const uv = await findUv(request, { interpreter: "python3" });
  if (uv === null) throw new Error("uv is needed to build a sandbox's environment, and cannot be fetched");
  const cache = join(request.home, "cache", "uv-confined");
  await mkdir(cache, { recursive: true });
  const settings = await uvSettings("python3", request.env, request.signal);
  if (wanted.kind === "poetry.lock") {
    await writeFile(join(directory, LIST), fromPoetryLock(readText(wanted.files[0] ?? "")));
  }
  await installInside({
    ...{ request, within, shown },
    text: readText(wanted.files[0] ?? ""),
    script: script(wanted),
    cwd: SOURCE,
    env: { ...indexes(request.env), ...settings, ...OWN },
    binds: [
      { from: directory, to: ENVIRONMENT, access: "write" },
      { from: cache, to: CACHE, access: "write" },
      { from: wanted.folder, to: SOURCE, access: "copied" },
      { from: uv, to: UV, access: "read" },
    ],
  });
}

const OWN = {
  HOME: "/tmp",
  UV_CACHE_DIR: CACHE,
  UV_LINK_MODE: "copy",
  UV_NO_PROGRESS: "1",
  UV_PYTHON_DOWNLOADS: "never",
  UV_PROJECT_ENVIRONMENT: ENVIRONMENT,
  SSL_CERT_FILE: CERTIFICATES,
};

/** Where packages come from is the user's to say. */
function indexes(env: EnvironmentRequest["env"]): Record<string, string> {
  const said = Object.entries(env).filter(([name]) =>
    /^(UV_(DEFAULT_|EXTRA_)?INDEX|UV_INDEX_URL|PIP_.*INDEX)/.test(name),
  );
  return Object.fromEntries(said.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

function script({ kind, files, folder }: Requirements): string {
  const venv = `uv venv --quiet --allow-existing --python /usr/bin/python3 ${ENVIRONMENT}`;
  if (kind === "uv.lock") {
    return `${venv}\nuv sync --frozen --no-install-project --no-install-workspace --no-dev --compile-bytecode --python ${ENVIRONMENT}/bin/python`;
  }
  const exact = `${venv}\nuv pip install --python ${ENVIRONMENT}/bin/python --compile-bytecode --no-deps -r ${ENVIRONMENT}/${LIST}`;
  if (kind === "poetry.lock") return exact;
  const list = relative(folder, files[0] ?? "");
  return `${venv}\nuv pip install --python ${ENVIRONMENT}/bin/python --compile-bytecode -r '${SOURCE}/${list.replaceAll("'", "'\\''")}'`;
}
