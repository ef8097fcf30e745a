/**
 * The packages of a sandboxed TypeScript agent: installed inside the sandbox's file system, for the Node that is there, so
 * that what strangers wrote runs nowhere else. The user's own `node_modules` is of the host, and not seen.
 */
import { createHash } from "node:crypto";
import { existsSync, readFileSync, realpathSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { basename, delimiter, dirname, join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { cached } from "./cache.ts";
import { run } from "./command.ts";
import { CERTIFICATES, installInside } from "./confined-tools.ts";
import type { Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { cacheFailure } from "./failure.ts";
import { agentFolders, projectFolders } from "./folders.ts";
import { watchedPackageFiles } from "./node.ts";
import { findPackages, type Packages } from "./node-packages.ts";

export interface ConfinedPackages {
  /** On the host: the `node_modules`; null: the agent wants none. */
  readonly nodeModules: string | null;
  readonly notes: readonly string[];
  readonly watch: readonly string[];
}

/** Where things lie inside while packages are installed. */
const TARGET = "/env";
const SOURCE = "/src";
const NPM = "/opt/runagent/node";
const CACHE = "/var/tmp";
const FORMAT = "node confined 1";

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confinedPackages(request: EnvironmentRequest, within: Confinement): Promise<ConfinedPackages> {
  const watch = watchedPackageFiles(projectFolders(request.root, ["package.json"]));
  const packages = findPackages(agentFolders(request));
  if (packages === null) return { nodeModules: null, notes: [], watch };
  const shown = packages.lock ?? "package.json";
  try {
    const { directory, ms } = await cached({
      folder: join(request.home, "sandbox-packages"),
      key: keyOf(within, packages),
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is installing the sandbox's packages of ${shown}; waiting`),
      works: (at) => existsSync(join(at, "node_modules")),
      build: async (at) => {
        request.progress(`Installing the sandbox's packages from ${shown}, once for this content`);
        await install({ request, within, packages, directory: at, shown });
        return packages.manager;
      },
    });
    if (ms > 0) request.progress(`Packages installed in ${(ms / 1000).toFixed(1)} s`);
    const seen = existsSync(join(packages.folder, "node_modules")) ? [NOT_SEEN] : [];
    return { nodeModules: join(directory, "node_modules"), notes: [...packages.notes, ...seen], watch };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

const NOT_SEEN = "The sandbox does not see node_modules: its packages come from package.json and its lock.";

function keyOf(within: Confinement, { release, files }: Packages): string {
  const hash = createHash("sha256").update(`${FORMAT}\0${within.key}\0${release}\0`);
  for (const file of files)
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  return hash.digest("hex").slice(0, 20);
}

interface Install {
  readonly request: EnvironmentRequest;
  readonly within: Confinement;
  readonly packages: Packages;
  readonly directory: string;
  readonly shown: string;
}

async function install({ request, within, packages, directory, shown }: Install): Promise<void> {
  const npm = findNpm(request);
  const cache = join(request.home, "cache", "npm-confined");
  await mkdir(cache, { recursive: true });
  await installInside({
    ...{ request, within, shown },
    text: readFileSync(join(packages.folder, "package.json"), "utf8"),
    script: script(packages, within.node),
    cwd: TARGET,
    env: { ...OWN, ...(await registry(request, npm, packages.folder)) },
    binds: [
      { from: directory, to: TARGET, access: "write" },
      { from: cache, to: CACHE, access: "write" },
      { from: packages.folder, to: SOURCE, access: "copied" },
      { from: dirname(dirname(npm)), to: NPM, access: "read" },
    ],
  });
}

const OWN = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  HOME: "/tmp",
  CI: "1",
  NODE_EXTRA_CA_CERTS: CERTIFICATES,
  npm_config_cache: CACHE,
  YARN_NODE_LINKER: "node-modules",
};

/** npm's program, beside which the rest of it lies. */
function findNpm({ env }: EnvironmentRequest): string {
  const found = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, "npm"));
  const npm = found.filter((path) => existsSync(path)).map((path) => realpathSync(path));
  const whole = npm.find((path) => path.endsWith("npm-cli.js"));
  if (whole !== undefined) return whole;
  const hint = "Install npm, as it comes with Node.";
  throw new RunAgentError("LOAD_FAILED", "npm is not on PATH, so the agent's packages cannot be installed.", { hint });
}

/** Where packages come from is the user's to say; what they sign in with is not handed to what packages run. */
async function registry(
  { env, signal }: EnvironmentRequest,
  npm: string,
  cwd: string,
): Promise<Readonly<Record<string, string>>> {
  const args = [npm, "config", "get", "registry", "--no-workspaces"];
  const { stdout } = await run({ file: process.execPath, args, cwd, env, signal });
  const said = stdout.trim().split("\n").at(-1) ?? "";
  return URL.canParse(said) ? { npm_config_registry: said } : {}; // npm knows its own
}

const QUIET = "--no-audit --no-fund --no-update-notifier --loglevel=error";

function script({ manager, release, lock, files }: Packages, node: string): string {
  const copied = files.map((file) => `'${SOURCE}/${basename(file)}'`).join(" ");
  const npm = `${node} ${NPM}/bin/npm-cli.js`;
  const berry = release.startsWith("@yarnpkg");
  const tool = {
    npm: `${npm} ${lock === null ? "install" : "ci"} --omit=dev ${QUIET}`,
    pnpm: `${npm} exec --yes ${release} -- install --frozen-lockfile --prod --node-linker=hoisted`,
    yarn: berry
      ? `${npm} exec --yes --package ${release} -- yarn install --immutable`
      : `${npm} exec --yes ${release} -- install --frozen-lockfile --production --non-interactive`,
  }[manager];
  return `cp ${copied} ${TARGET}/\n${tool}\nmkdir -p ${TARGET}/node_modules`;
}
