/** Where `serve` keeps what is not the agent's: everything below RUNAGENT_HOME, nothing in the agent's folder. */
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Folders {
  /** Python's bytecode of the agent's own files. */
  readonly bytecode: string;
  readonly compileCache: string;
  readonly bundles: string;
  /** Hosts that the agent contacted. */
  readonly hostsFile: string;
  /** Private and short-lived: sockets (their paths must be short). */
  readonly sockets: string;
  close(): void;
}

export function openFolders(home: string, root: string): Folders {
  const agent = createHash("sha256").update(root).digest("hex").slice(0, 16);
  const sockets = mkdtempSync(join(tmpdir(), "runagent-"));
  return {
    bytecode: join(home, "cache", "bytecode"),
    compileCache: join(home, "cache", "compiled"),
    bundles: join(home, "cache", "bundles", agent),
    hostsFile: join(home, "agents", agent, "hosts.json"),
    sockets,
    close: () => rmSync(sockets, { recursive: true, force: true }),
  };
}
