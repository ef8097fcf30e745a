/**
 * What a caller may see of runs: everything without keys (null), its own, and with scope `read` those of the agents that
 * its key is for.
 */
import { type Caller, maySee } from "@runagent/protocol";

export function mayRead(caller: Caller, run: { readonly caller: Caller; readonly agent: string }): boolean {
  if (caller === null) return true;
  if (!maySee(caller, run.agent)) return false;
  return caller.keyId === run.caller?.keyId || caller.scopes.includes("read");
}
