/** Where tools run that install what strangers wrote: in a sandbox of their own. What `build` needs of a sandbox. */
import type { LimitValues } from "@runagent/protocol";

export interface Confinement {
  /** Changes when the file system does: what is built for one is not used with another. */
  readonly key: string;
  /** Paths inside. */
  readonly python: string;
  readonly node: string;
  readonly limits: Pick<
    LimitValues,
    "build_time" | "build_memory" | "build_disk" | "build_output" | "environment_cache"
  >;
  /** Runs a tool to its end. Rejects with the signal's reason when aborted: then nothing of it is left. */
  run(tool: ConfinedTool): Promise<ToolEnd>;
}

export interface ToolEnd {
  readonly code: number | null;
  readonly tail: readonly string[];
  /** Which limit it met. */
  readonly met: "memory" | "disk" | "output" | null;
}

export interface ConfinedTool {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly ConfinedBind[];
  /** Where its downloads are kept for the next tool of the same name (null: they are not), and where it sees them. */
  readonly cache: { readonly name: string | null; readonly to: string };
  readonly reach: Reach;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** The hosts that it may dial, `host` or `host:port`. */
export interface Reach {
  /** By the operator's own settings: wherever they lead. */
  readonly trusted: readonly string[];
  /** By the project's files: public addresses only. */
  readonly named: readonly string[];
}

/** `copied`: a copy of the folder that is the tool's own; `made`: empty, and copied to `from` when the tool is content. */
export interface ConfinedBind {
  readonly from: string;
  readonly to: string;
  readonly access: "read" | "copied" | "made";
}
