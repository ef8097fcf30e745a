/** What a caller may see: everything in `serve` (null) and with scope `read` or `admin`, else its own. */
import type { Caller } from "@runagent/protocol";

export function mayRead(caller: Caller, owner: Caller): boolean {
  if (caller === null || caller.keyId === owner?.keyId) return true;
  return caller.scopes.includes("read") || caller.scopes.includes("admin");
}
