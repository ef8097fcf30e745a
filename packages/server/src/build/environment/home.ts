/** Where built environments and fetched tools live: `RUNAGENT_HOME`, else the platform's own cache folder. */
import { homedir, platform } from "node:os";
import { join, resolve } from "node:path";

export function cacheHome(env: Readonly<Record<string, string | undefined>>): string {
  if (env.RUNAGENT_HOME) return join(resolve(env.RUNAGENT_HOME), "cache");
  if (env.XDG_CACHE_HOME) return join(resolve(env.XDG_CACHE_HOME), "runagent");
  return platform() === "darwin"
    ? join(homedir(), "Library", "Caches", "runagent")
    : join(homedir(), ".cache", "runagent");
}
