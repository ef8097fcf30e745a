/** Where tools run that install what strangers wrote: in the sandbox's own file system. What `build` needs of a sandbox. */

export interface Confinement {
  /** Changes when the file system does: what is built for one is not used with another. */
  readonly key: string;
  /** Paths inside. */
  readonly python: string;
  readonly node: string;
  /** Runs a tool to its end, with the host's network. Rejects with the signal's reason when aborted. */
  run(tool: ConfinedTool): Promise<{ readonly code: number | null; readonly tail: readonly string[] }>;
}

export interface ConfinedTool {
  readonly argv: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly binds: readonly ConfinedBind[];
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

/** `copied`: a copy of the folder that the tool owns, for what others may not read where it lies. */
export interface ConfinedBind {
  readonly from: string;
  readonly to: string;
  readonly access: "read" | "write" | "copied";
}
