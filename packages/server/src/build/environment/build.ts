/**
 * The one way to build what a sandboxed version runs with: its packages, read-only, compiled, keyed by what names them.
 * Called by `serve --sandbox` and by deployments; where the tools run is given to it.
 */
import { RunAgentError } from "@runagent/protocol";
import type { Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { projectFolders } from "./folders.ts";
import { watchedPackageFiles } from "./node.ts";
import { confinedPackages } from "./node-confined.ts";
import { watchedFiles } from "./python.ts";
import { confinedPython } from "./python-confined.ts";
import { PROJECT_FILES } from "./python-requirements.ts";

export interface BuiltEnvironment {
  /** Of its content: the same wish on the same file system has the same; null: nothing is needed beside that. */
  readonly id: string | null;
  /** On the host: Python's environment for `/env`, or Node's `node_modules`; null: nothing is needed. */
  readonly directory: string | null;
  /** Inside. */
  readonly interpreter: string;
  /** What was resolved, `name==version` a line, where the project pins nothing; null: the project's own lock says it. */
  readonly lock: string | null;
  readonly notes: readonly string[];
  /** Files whose change may give another, absolute. */
  readonly watch: readonly string[];
}

/**
 * Rejects with LOAD_FAILED for what a user can mend (a limit of the build by its name in `limit`), and with the signal's
 * reason when aborted, after everything of the build is gone.
 */
export async function buildEnvironment(request: EnvironmentRequest, within: Confinement): Promise<BuiltEnvironment> {
  const python = request.language === "python";
  try {
    return await (python ? ofPython(request, within) : ofNode(request, within));
  } catch (error) {
    if (!(error instanceof RunAgentError)) throw error;
    const folders = projectFolders(request.root, python ? PROJECT_FILES : ["package.json"]);
    const files = python ? watchedFiles(folders) : watchedPackageFiles(folders);
    throw RunAgentError.from({ ...error.problem, files }, { cause: error });
  }
}

async function ofPython(request: EnvironmentRequest, within: Confinement): Promise<BuiltEnvironment> {
  const { resolved, ...built } = await confinedPython(request, within);
  return { ...built, lock: resolved?.lock ?? null };
}

async function ofNode(request: EnvironmentRequest, within: Confinement): Promise<BuiltEnvironment> {
  const { nodeModules, resolved, ...built } = await confinedPackages(request, within);
  return { ...built, directory: nodeModules, interpreter: within.node, lock: resolved?.lock ?? null };
}
