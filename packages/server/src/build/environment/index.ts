/** The environment that an agent runs in: the user's own when there is one, else one that is built in the cache. */
import { RunAgentError } from "@runagent/protocol";
import type { Environment, EnvironmentRequest } from "./environment.ts";
import { projectFolders } from "./folders.ts";
import { resolveNode, watchedPackageFiles } from "./node.ts";
import { resolvePython, watchedFiles } from "./python.ts";
import { PROJECT_FILES } from "./python-requirements.ts";

export { type BuiltEnvironment, buildEnvironment } from "./build.ts";
export type { ConfinedTool, Confinement, Reach } from "./confinement.ts";
export type { Built, Environment, EnvironmentRequest, EnvironmentSource } from "./environment.ts";
export { installedPackages } from "./installed.ts";

/**
 * Rejects with LOAD_FAILED for what a user can mend (`files` of the problem: what to watch for it), and with the signal's
 * reason when aborted, after every process of a build is gone.
 */
export async function resolveEnvironment(request: EnvironmentRequest): Promise<Environment> {
  const python = request.language === "python";
  try {
    return await (python ? resolvePython(request) : resolveNode(request));
  } catch (error) {
    if (!(error instanceof RunAgentError)) throw error;
    const folders = projectFolders(request.root, python ? PROJECT_FILES : ["package.json"]);
    const files = python ? watchedFiles(folders) : watchedPackageFiles(folders);
    throw RunAgentError.from({ ...error.problem, files }, { cause: error });
  }
}
