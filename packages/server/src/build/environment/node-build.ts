/**
 * Installs a Node project's packages into the cache, from its lock, with the manager that wrote it. The user's folder is
 * only read: its manifest, lock and settings are copied.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { basename, delimiter, join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { cached } from "./cache.ts";
import { type Command, type Finished, run } from "./command.ts";
import type { Built, EnvironmentRequest } from "./environment.ts";
import { cacheFailure, installFailure } from "./failure.ts";
import type { Packages } from "./node-packages.ts";

/** Raised when packages are installed in another way. */
const FORMAT = "node 1";
const KEY_LENGTH = 20;

export interface BuiltPackages {
  readonly directory: string;
  readonly built: Built;
  readonly notes: readonly string[];
}

export async function buildNodeModules(
  request: EnvironmentRequest,
  node: string,
  packages: Packages,
): Promise<BuiltPackages> {
  const key = keyOf(node, packages);
  const shown = packages.lock ?? "package.json";
  const notes = [...packages.notes];
  try {
    const entry = await cached({
      folder: join(request.home, "packages"),
      key,
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is installing the packages of ${shown}; waiting for it`),
      works: (directory) => existsSync(join(directory, "node_modules")),
      build: (directory) => {
        request.progress(`Installing packages from ${shown} with ${packages.manager}, once for this content`);
        return install({ request, packages, directory, notes });
      },
    });
    if (entry.ms > 0) request.progress(`Packages installed in ${(entry.ms / 1000).toFixed(1)} s with ${entry.tool}`);
    return { directory: entry.directory, built: { key, ms: entry.ms, tool: entry.tool }, notes };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

function keyOf(node: string, packages: Packages): string {
  const hash = createHash("sha256").update(`${FORMAT}\0${process.platform}\0${process.arch}\0`);
  hash.update(`${node.split(".")[0]}\0${packages.release}\0`); // native modules are bound to the major version
  for (const file of packages.files)
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex").slice(0, KEY_LENGTH);
}

interface Install {
  readonly request: EnvironmentRequest;
  readonly packages: Packages;
  readonly directory: string;
  readonly notes: string[];
}

async function install(work: Install): Promise<string> {
  const { packages, directory } = work;
  for (const file of packages.files) await copyFile(file, join(directory, basename(file)));
  const finished = await attempt(work, commandOf(work));
  if (finished.code === 0) {
    await mkdir(join(directory, "node_modules"), { recursive: true });
    return packages.manager;
  }
  if (packages.manager === "npm" || !couldNotStart(finished)) throw failure(packages, finished);
  work.notes.push(`${packages.manager} cannot be had here: npm resolved the packages, ${packages.lock} was not read.`);
  const second = await attempt(work, npmCommand(work, "install"));
  if (second.code !== 0) throw failure(packages, second);
  return "npm";
}

type Tool = Pick<Command, "file" | "args"> & { readonly env?: Readonly<Record<string, string>> };

const QUIET = ["--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];

function commandOf(work: Install): Tool {
  const { manager, release, lock } = work.packages;
  if (manager === "npm") return npmCommand(work, lock === null ? "install" : "ci");
  const onPath = find(work.request, manager);
  const runner = onPath === null ? { file: npxOf(work), args: ["--yes", release] } : { file: onPath, args: [] };
  if (manager === "pnpm") {
    const args = [...runner.args, "install", "--frozen-lockfile", "--prod", "--node-linker=hoisted"];
    return { file: runner.file, args };
  }
  // A yarn on PATH may be of the other generation, which cannot read the lock.
  const berry = release.startsWith("@yarnpkg");
  const npx = { file: npxOf(work), args: berry ? ["--yes", "--package", release, "yarn"] : ["--yes", release] };
  const flags = berry
    ? ["install", "--immutable"]
    : ["install", "--frozen-lockfile", "--production", "--non-interactive"];
  return { file: npx.file, args: [...npx.args, ...flags], env: { YARN_NODE_LINKER: "node-modules" } };
}

function npmCommand(work: Install, verb: "ci" | "install"): Tool {
  return { file: need(work, "npm"), args: [verb, "--omit=dev", ...QUIET] };
}

const npxOf = (work: Install): string => need(work, "npx");

function need({ request }: Install, name: string): string {
  const path = find(request, name);
  if (path !== null) return path;
  throw new RunAgentError("LOAD_FAILED", `${name} is not on PATH, so the agent's packages cannot be installed.`, {
    hint: "Install npm, or install the packages into the agent's own node_modules.",
  });
}

function find({ env }: EnvironmentRequest, name: string): string | null {
  const folders = (env.PATH ?? "").split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

const OF_OUR_NPM =
  /^(INIT_CWD|npm_(lifecycle|package|command|execpath|node_execpath|config_(local_|global_)?prefix|config_omit).*)$/;

async function attempt({ request, directory }: Install, tool: Tool): Promise<Finished> {
  // What npm sets for its own scripts (we may be one) must not reach another npm.
  const shell = Object.fromEntries(Object.entries(request.env).filter(([name]) => !OF_OUR_NPM.test(name)));
  const env = { ...shell, COREPACK_ENABLE_DOWNLOAD_PROMPT: "0", CI: "1", ...tool.env };
  const { signal, progress } = request;
  return run({
    file: tool.file,
    args: tool.args,
    cwd: directory,
    env,
    signal,
    onLine: (line) => progress(`  ${line}`, "tool"),
  });
}

/** The package manager itself was not there: exit codes of npx and of shells for that. */
const couldNotStart = ({ code, tail }: Finished): boolean =>
  code === null || code === 126 || code === 127 || tail.some((line) => /npm (error|ERR!) code E/.test(line));

function failure({ folder, lock }: Packages, finished: Finished): RunAgentError {
  return installFailure(lock ?? "package.json", readFileSync(join(folder, "package.json"), "utf8"), finished);
}
