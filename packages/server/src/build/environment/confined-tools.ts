/** What every tool that installs packages inside a sandbox's file system sees of this machine, and how it ended. */
import { existsSync } from "node:fs";
import type { ConfinedBind, Confinement } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { installFailure } from "./failure.ts";

export const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The machine's own certificates: it may trust more than Debian does. */
export const OF_THE_MACHINE: readonly ConfinedBind[] = [CERTIFICATES, "/etc/resolv.conf"].map((path) => ({
  from: path,
  to: path,
  access: "read",
}));

export interface Installation {
  readonly request: EnvironmentRequest;
  readonly within: Confinement;
  readonly script: string;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly ConfinedBind[];
  /** The file as the user knows it, and what stands in it. */
  readonly shown: string;
  readonly text: string;
}

/** Rejects with LOAD_FAILED and the tool's own words. */
export async function installInside(work: Installation): Promise<void> {
  const { request, within, script, shown, text, cwd, env } = work;
  const { code, tail } = await within.run({
    argv: ["/bin/bash", "-ec", script],
    binds: [...work.binds, ...OF_THE_MACHINE].filter(({ from }) => existsSync(from)),
    signal: request.signal,
    onLine: (line) => request.progress(`  ${line.trim()}`, "tool"),
    ...{ cwd, env },
  });
  if (code !== 0) throw installFailure(shown, text, { code, stdout: "", tail: [...tail] });
}
