/**
 * What this machine can enforce, each need really tried where trying is possible: what `runagent server doctor` prints and
 * `serve --sandbox` begins with. It leaves nothing behind.
 */
import { lookAtDisk, lookAtNftables } from "./disk-and-network.ts";
import { AS_ROOT, type Finding, refused } from "./finding.ts";
import { lookAtGroups } from "./groups.ts";
import { lookAtClock, lookAtKernel, lookAtSeccomp, lookAtUserNamespaces } from "./kernel.ts";
import { isRoot, lookAtRuntime } from "./runtime.ts";

export type { Finding } from "./finding.ts";

/** `path`: where programs are looked for. */
export async function examine(path: string): Promise<readonly Finding[]> {
  if (process.platform !== "linux") return [lookAtRuntime(path)];
  return Promise.all([
    lookAtRuntime(path),
    lookAtUserNamespaces(),
    asRoot("control groups", lookAtGroups),
    lookAtSeccomp(),
    asRoot("nftables with TPROXY", lookAtNftables),
    asRoot("disk quota", lookAtDisk),
    lookAtKernel(),
    lookAtClock(),
  ]);
}

/** What nobody but root may try. */
const asRoot = (need: string, look: () => Finding | Promise<Finding>): Finding | Promise<Finding> =>
  isRoot() ? look() : refused(need, "only root can try it", AS_ROOT);
