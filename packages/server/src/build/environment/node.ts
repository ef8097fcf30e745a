/**
 * Which Node runs an agent (`runtime.node`, else PATH if new enough, else ours), and where its packages are: its own
 * `node_modules` as they are, else a folder built in the cache.
 */
import { existsSync, realpathSync } from "node:fs";
import { delimiter, isAbsolute, join } from "node:path";
import { RunAgentError } from "@runagent/protocol";
import { run } from "./command.ts";
import { type Environment, type EnvironmentRequest, type EnvironmentSource, Explanation } from "./environment.ts";
import { agentFolders, projectFolders } from "./folders.ts";
import { buildNodeModules } from "./node-build.ts";
import { findPackages, LOCKS, PACKAGE_FILES } from "./node-packages.ts";
import { satisfies } from "./versions.ts";

const LEAST_NODE = ">=22";

interface Node {
  readonly interpreter: string;
  readonly version: string;
  readonly source: EnvironmentSource;
}

export async function resolveNode(request: EnvironmentRequest): Promise<Environment> {
  const explanation = new Explanation();
  const node = await chooseNode(request, explanation);
  explanation.say(`${node.source}: ${node.interpreter}, Node ${node.version}: taken`);
  const folders = projectFolders(request.root, ["package.json"]);
  const packages = await resolvePackages(request, { node, folders, explanation });
  return {
    language: "node",
    interpreter: node.interpreter,
    version: node.version,
    source: node.source,
    explain: explanation.lines,
    env: {},
    ...packages,
    watch: watchedPackageFiles(folders),
  };
}

/** Files whose change may give another environment; they need not exist. */
export function watchedPackageFiles(folders: readonly string[]): string[] {
  return folders.flatMap((folder) => PACKAGE_FILES.map((name) => join(folder, name)));
}

async function chooseNode(request: EnvironmentRequest, explanation: Explanation): Promise<Node> {
  const { node: wanted } = request.config.runtime;
  const ours: Node = { interpreter: process.execPath, version: process.versions.node, source: "our own Node" };
  explanation.say(wanted === null ? "runtime.node: not set" : `runtime.node: wants ${wanted}`);
  const suits = (version: string): boolean =>
    satisfies(version, LEAST_NODE) && satisfies(version, wanted ?? LEAST_NODE);
  const onPath = await nodeOnPath(request);
  if (onPath === null) explanation.say("PATH: no node");
  else if (suits(onPath.version)) return { ...onPath, source: wanted === null ? "PATH" : "runtime.node" };
  else explanation.say(`PATH: ${onPath.interpreter} is ${onPath.version}, ${wanted ?? LEAST_NODE} is needed`);
  if (suits(ours.version)) return ours;
  throw new RunAgentError(
    "LOAD_FAILED",
    `runtime.node wants Node ${wanted}: PATH has ${onPath?.version ?? "none"}, and our own is ${ours.version}.`,
    { hint: "Install that Node and put it on PATH, or ask for another; Node 22 or newer is needed." },
  );
}

async function nodeOnPath({
  env,
  signal,
}: EnvironmentRequest): Promise<{ interpreter: string; version: string } | null> {
  const folders = (env.PATH ?? "").split(delimiter).filter(isAbsolute);
  const interpreter = folders.map((folder) => join(folder, "node")).find((path) => existsSync(path));
  if (interpreter === undefined) return null;
  if (realpathSync(interpreter) === realpathSync(process.execPath))
    return { interpreter, version: process.versions.node };
  const { stdout } = await run({ file: interpreter, args: ["--version"], cwd: "/", env, signal });
  const version = /^v(\d+\.\d+\.\d+)/.exec(stdout.trim())?.[1];
  return version === undefined ? null : { interpreter, version };
}

interface Place {
  readonly node: Node;
  readonly folders: readonly string[];
  readonly explanation: Explanation;
}

/** A lock ends the search: what lies in the folders above it belongs to another project. */
function projectOf(folders: readonly string[]): readonly string[] {
  const at = folders.findIndex((folder) => LOCKS.some((name) => existsSync(join(folder, name))));
  return at < 0 ? folders : folders.slice(0, at + 1);
}

async function resolvePackages(
  request: EnvironmentRequest,
  { node, folders, explanation }: Place,
): Promise<Pick<Environment, "nodeModules" | "built" | "notes">> {
  const own = projectOf(folders).find((folder) => existsSync(join(folder, "node_modules")));
  if (own !== undefined) {
    explanation.say(`packages: ${join(own, "node_modules")}: taken as they are; nothing is installed`);
    return { nodeModules: null, built: null, notes: [] };
  }
  const packages = findPackages(agentFolders(request));
  if (packages === null) {
    explanation.say("packages: no package.json with dependencies");
    return { nodeModules: null, built: null, notes: [] };
  }
  const { directory, built, notes } = await buildNodeModules(request, node.version, packages);
  const how = built.ms === 0 ? `from the cache (${built.key})` : `installed with ${built.tool} (${built.key})`;
  explanation.say(`packages: ${packages.manager} of ${packages.folder}: ${how}`);
  return { nodeModules: join(directory, "node_modules"), built, notes };
}
