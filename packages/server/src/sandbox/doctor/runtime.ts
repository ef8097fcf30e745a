/** Who makes sandboxes here: the system, the user, the OCI runtime. What `serve --sandbox` asks before anything else. */
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { findRuntime } from "../container/runtime.ts";
import { AS_ROOT, enforced, type Finding, refused } from "./finding.ts";

const NEED = "runtime";

export const isRoot = (): boolean => process.getuid?.() === 0;

/** The first that is missing, else the runtime. */
export function lookAtRuntime(path: string): Finding {
  if (process.platform !== "linux") return refused(NEED, "a sandbox needs Linux", "runagent serve");
  const runtime = findRuntime("", path);
  if (runtime === null) return refused(NEED, without(path), "apt-get install runc");
  if (!isRoot()) return refused(NEED, "only root can make a sandbox", AS_ROOT);
  return enforced(NEED, runtime.program);
}

/** crun refuses hybrid control groups, and has not been tried on others. */
function without(path: string): string {
  const other = ["crun", "runsc"].find((name) =>
    path.split(delimiter).some((folder) => existsSync(join(folder, name))),
  );
  return other === undefined ? "there is no runc" : `there is no runc; ${other} alone is not used`;
}
