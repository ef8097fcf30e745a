/** Where the code that runs inside workers lies: beside the published bundle, or in the other packages of the repository. */
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

export interface WorkerFiles {
  /** A folder with `__main__.py`. */
  readonly python: string;
  readonly node: string;
}

export function findWorkerFiles(): WorkerFiles {
  return {
    python: firstThere(["./workers/python/runagent_worker", "../../../worker-python/runagent_worker"]),
    node: firstThere(["./workers/node/worker.mjs", "../../../worker-node/src/main.ts"]),
  };
}

function firstThere(paths: readonly string[]): string {
  const files = paths.map((path) => fileURLToPath(new URL(path, import.meta.url)));
  const found = files.find((file) => existsSync(file));
  if (found === undefined) throw new Error(`This installation is not whole: none of ${files.join(", ")} is there.`);
  return found;
}
