/**
 * The packages of a sandboxed TypeScript agent: installed in a sandbox of their own, for the Node of its file system, so
 * that what strangers wrote runs nowhere else. The user's own `node_modules` is of the host, and not seen.
 */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, realpathSync } from "node:fs";
import { basename, delimiter, dirname, join, relative } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { cached } from "./cache.ts";
import { run } from "./command.ts";
import { CERTIFICATES, installInside } from "./confined-tools.ts";
import type { Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { cacheFailure } from "./failure.ts";
import { agentFolders, projectFolders } from "./folders.ts";
import { hashFolder, isHashedNode, owner } from "./hashed.ts";
import { watchedPackageFiles } from "./node.ts";
import { findWithWorkspace, namesFolders, type Packages } from "./node-packages.ts";
import { installScript } from "./node-script.ts";
import { hostsIn, hostsInFiles, withoutSignIn } from "./reach.ts";
import { RESOLVED, type Resolved, resolution } from "./resolved.ts";
import { sourceOf } from "./source-root.ts";

export interface ConfinedPackages {
  /** Of what was installed; null: nothing was. */
  readonly id: string | null;
  /** On the host: the `node_modules`; null: the agent wants none. */
  readonly nodeModules: string | null;
  readonly resolved: Resolved | null;
  readonly notes: readonly string[];
  readonly watch: readonly string[];
}

/** Where things lie inside while packages are installed. */
const TARGET = "/env";
const SOURCE = "/src";
const NPM = "/opt/runagent/node";
const CACHE = "/var/tmp";
const FORMAT = "node confined 2";

/** Rejects with LOAD_FAILED for what a person can mend. */
export async function confinedPackages(request: EnvironmentRequest, within: Confinement): Promise<ConfinedPackages> {
  const watch = watchedPackageFiles(projectFolders(request.root, ["package.json"]));
  const packages = findWithWorkspace(agentFolders(request));
  if (packages === null) return { id: null, nodeModules: null, resolved: null, notes: [], watch };
  const shown = packages.lock ?? "package.json";
  const key = keyOf(request, within, packages);
  try {
    const { directory, ms } = await cached({
      folder: join(request.home, "sandbox-packages"),
      key,
      keep: within.limits.environment_cache,
      signal: request.signal,
      onWait: () => request.progress(`Another runagent is installing the sandbox's packages of ${shown}; waiting`),
      works: (at) => existsSync(join(at, "env", "node_modules")),
      build: async (at) => {
        request.progress(`Installing the sandbox's packages from ${shown}, once for this content`);
        await install({ request, within, packages, directory: at, shown });
        return packages.manager;
      },
    });
    if (ms > 0) request.progress(`Packages installed in ${(ms / 1000).toFixed(1)} s`);
    const seen = existsSync(join(packages.folder, "node_modules")) ? [NOT_SEEN] : [];
    const file = join(directory, "env", RESOLVED);
    const resolved = packages.lock === null ? await resolution(request, { key, file }) : null;
    const notes = [...packages.notes, ...seen, ...(resolved?.notes ?? [])];
    return { id: key, nodeModules: join(directory, "env", "node_modules"), resolved, notes, watch };
  } catch (error) {
    throw cacheFailure(error, request.home);
  }
}

const NOT_SEEN = "The sandbox does not see node_modules: its packages come from package.json and its lock.";

function keyOf(request: EnvironmentRequest, within: Confinement, packages: Packages): string {
  const { release, files, folder } = packages;
  const hash = createHash("sha256").update(`${FORMAT}\0${within.key}\0${release}\0`);
  hash.update(`${owner(request, isHashedNode(packages))}\0`);
  for (const file of files)
    hash
      .update(`${basename(file)}\0`)
      .update(readFileSync(file))
      .update("\0");
  if (namesFolders(folder)) hash.update(hashFolder(sourceOf(request, folder)));
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
  const index = await registry(request, npm, packages.folder);
  const source = sourceOf(request, packages.folder);
  const scope = owner(request, isHashedNode(packages));
  mkdirSync(join(directory, "env"));
  await installInside({
    ...{ request, within, shown },
    text: readFileSync(join(packages.folder, "package.json"), "utf8"),
    script: installScript(packages, {
      npm: `${within.node} ${NPM}/bin/npm-cli.js`,
      node: within.node,
      source: join(SOURCE, relative(source, packages.folder)),
    }),
    cwd: SOURCE,
    env: { ...OWN, ...(index === null ? {} : { npm_config_registry: index }) },
    // What is shared must not come from where another agent's build could write.
    cache: { name: scope === "" ? null : `node-${scope}`, to: CACHE },
    reach: {
      trusted: index === null ? USUAL : [...USUAL, ...hostsIn([index])],
      named: hostsInFiles(packages.files),
    },
    binds: [
      { from: join(directory, "env"), to: TARGET, access: "made" },
      { from: source, to: SOURCE, access: "copied" },
      { from: dirname(dirname(npm)), to: NPM, access: "read" },
    ],
  });
}

/** npm knows its own; yarn asks at a name of its own for the same. */
const USUAL = ["registry.npmjs.org", "registry.yarnpkg.com"];

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
async function registry({ env, signal }: EnvironmentRequest, npm: string, cwd: string): Promise<string | null> {
  const args = [npm, "config", "get", "registry", "--no-workspaces"];
  const { stdout } = await run({ file: process.execPath, args, cwd, env, signal });
  const said = stdout.trim().split("\n").at(-1) ?? "";
  return URL.canParse(said) ? withoutSignIn(said) : null; // npm knows its own
}
