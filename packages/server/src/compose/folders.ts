/** Where `serve` keeps what is not the agent's: everything below RUNAGENT_HOME, nothing in the agent's folder. */
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
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
  const agent = nameOf(root);
  sweepSockets();
  const sockets = mkdtempSync(join(tmpdir(), `${PREFIX}${process.pid}-`));
  return {
    bytecode: join(home, "cache", "bytecode"),
    compileCache: join(home, "cache", "compiled"),
    bundles: join(home, "cache", "bundles", agent),
    hostsFile: hostsFileOf(home, root),
    sockets,
    close: () => rmSync(sockets, { recursive: true, force: true }),
  };
}

const nameOf = (root: string): string => createHash("sha256").update(root).digest("hex").slice(0, 16);

export const hostsFileOf = (home: string, root: string): string => join(home, "agents", nameOf(root), "hosts.json");

const PREFIX = "runagent-serve-";

/** A `serve` that was killed could not tidy up: who comes next does it. */
function sweepSockets(): void {
  for (const name of readdirSync(tmpdir())) {
    const pid = name.startsWith(PREFIX) ? Number.parseInt(name.slice(PREFIX.length), 10) : Number.NaN;
    if (Number.isInteger(pid) && isGone(pid)) remove(join(tmpdir(), name));
  }
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch {
    // Another user's: theirs to tidy up.
  }
}

/** Another user's process is there too, though we may not signal it. */
function isGone(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && "code" in error && error.code === "ESRCH";
  }
}
