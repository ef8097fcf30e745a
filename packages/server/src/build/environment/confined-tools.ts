/** What every tool that installs packages in a sandbox of its own sees of this machine, and what a person is told of its end. */
import { existsSync } from "node:fs";
import { type LimitName, RunAgentError } from "@runagent/protocol";
import type { ConfinedBind, ConfinedTool, Confinement, ToolEnd } from "./confinement.ts";
import type { EnvironmentRequest } from "./environment.ts";
import { installFailure } from "./failure.ts";

export const CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt";

/** The machine's own certificates: it may trust more than Debian does. */
const OF_THE_MACHINE: ConfinedBind = { from: CERTIFICATES, to: CERTIFICATES, access: "read" };

export interface Installation extends Pick<ConfinedTool, "cwd" | "env" | "binds" | "cache" | "reach"> {
  readonly request: EnvironmentRequest;
  readonly within: Confinement;
  readonly script: string;
  /** The file as the user knows it, and what stands in it. */
  readonly shown: string;
  readonly text: string;
}

/** Rejects with LOAD_FAILED and the tool's own words. */
export async function installInside(work: Installation): Promise<void> {
  const { request, within, shown, text } = work;
  const secrets = Object.values(request.secrets ?? {}).filter(Boolean);
  const hidden = (line: string): string => secrets.reduce((rest, secret) => rest.replaceAll(secret, "***"), line);
  const { code, tail, met } = await timed(work, hidden);
  const shownTail = tail.map(hidden);
  if (met !== null) throw overLimit(MET[met], { within, shown, tail: shownTail });
  if (code !== 0) throw installFailure(shown, text, { code, stdout: "", tail: shownTail });
}

const MET = { memory: "build_memory", disk: "build_disk", output: "build_output" } as const;

async function timed(work: Installation, hidden: (line: string) => string): Promise<ToolEnd> {
  const { request, within, script, cwd, cache, reach, shown } = work;
  const time = AbortSignal.timeout(within.limits.build_time);
  const tail: string[] = [];
  try {
    return await within.run({
      argv: ["/bin/bash", "-ec", script],
      binds: [...work.binds, OF_THE_MACHINE].filter(({ from }) => existsSync(from)),
      signal: AbortSignal.any([request.signal, time]),
      onLine: (line) => {
        tail.splice(0, tail.length, ...tail.slice(1 - SHOWN_LINES), hidden(line));
        request.progress(`  ${hidden(line).trim()}`, "tool");
      },
      env: { ...work.env, ...request.secrets },
      ...{ cwd, cache, reach },
    });
  } catch (error) {
    request.signal.throwIfAborted();
    if (time.aborted) throw overLimit("build_time", { within, shown, tail });
    throw error;
  }
}

const SHOWN_LINES = 20;

type BuildLimit = Extract<LimitName, "build_time" | "build_memory" | "build_disk" | "build_output">;
const MiB = 1 << 20;
const BROKE: Readonly<Record<BuildLimit, { readonly says: (value: number) => string; readonly hint: string }>> = {
  build_time: {
    says: (ms) => `it takes longer than ${ms / 1000} s`,
    hint: "Its last lines say what hangs; packages with wheels are not compiled.",
  },
  build_memory: {
    says: (bytes) => `it needs more memory than ${bytes / MiB} MiB`,
    hint: "Packages with wheels are not compiled: choose versions that have them for this Python.",
  },
  build_disk: {
    says: (bytes) => `it writes more than ${bytes / MiB} MiB`,
    hint: "Leave out what the agent does not use.",
  },
  build_output: { says: (bytes) => `it prints more than ${bytes / MiB} MiB`, hint: "Its last lines say what prints." },
};

function overLimit(
  limit: BuildLimit,
  { within, shown, tail }: { within: Confinement; shown: string; tail: readonly string[] },
): RunAgentError {
  const { says, hint } = BROKE[limit];
  const detail = `${shown}: the packages cannot be installed: ${says(within.limits[limit])} (limit ${limit}).`;
  return new RunAgentError("LOAD_FAILED", detail, { hint, limit, traceback: tail.slice(-SHOWN_LINES).join("\n") });
}
