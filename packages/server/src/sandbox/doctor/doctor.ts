/**
 * What this machine can enforce, each need really tried where trying is possible: what `runagent server doctor` prints and
 * `serve --sandbox` begins with. It leaves nothing behind.
 */
import { lookAtDisk, lookAtNftables } from "./disk-and-network.ts";
import { AS_ROOT, type Finding, refused } from "./finding.ts";
import { lookAtGroups } from "./groups.ts";
import { lookAtClock, lookAtKernel, lookAtSeccomp, lookAtUserNamespaces } from "./kernel.ts";
import { isRoot, lookAtRuntime } from "./runtime.ts";
import { lookAtTools } from "./tools.ts";

export type { Finding } from "./finding.ts";

/** `path`: where programs are looked for. */
export async function examine(path: string): Promise<readonly Finding[]> {
  if (process.platform !== "linux") return [lookAtRuntime(path)];
  const [userNamespaces, nftables, disk, clock] = await Promise.all([
    lookAtUserNamespaces(),
    isRoot() ? lookAtNftables() : untried("nftables with TPROXY"),
    isRoot() ? lookAtDisk() : untried("disk quota"),
    lookAtClock(),
  ]);
  const groups = isRoot() ? lookAtGroups() : await untried("control groups");
  const [runtime, seccomp, kernel] = [lookAtRuntime(path), lookAtSeccomp(), lookAtKernel()];
  return [runtime, lookAtTools(path), userNamespaces, groups, seccomp, nftables, disk, kernel, clock];
}

/** What nobody but root may try. */
const untried = async (need: string): Promise<Finding> => refused(need, "only root can try it", AS_ROOT);
