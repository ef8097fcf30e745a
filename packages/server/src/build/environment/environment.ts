/** What a resolved environment is: the interpreter that runs an agent, and how it was chosen. */
import type { AgentConfig, Language } from "@runagent/protocol/config";

export interface EnvironmentRequest {
  /** The agent's folder, absolute. */
  readonly root: string;
  readonly config: AgentConfig;
  readonly language: Language;
  /** `--python`. */
  readonly pythonFlag: string | null;
  /** Our cache folder: built environments, packages and fetched tools live below it. */
  readonly home: string;
  /** The shell's. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `build.secrets`, by name: what a confined build gets beside package indexes. */
  readonly secrets?: Readonly<Record<string, string>>;
  /** Whose it is, when the folder does not say: environments that are not known by hashes belong to one agent. */
  readonly scope?: string;
  /** One line of what is being done, for a person who waits; `tool`: in the words of the tool that does it. */
  readonly progress: (line: string, by?: "tool") => void;
  /** Ends a build: its processes are gone and nothing half-built is left. */
  readonly signal: AbortSignal;
}

export type EnvironmentSource =
  | "--python"
  | "runtime.python"
  | "active virtualenv"
  | ".venv"
  | "PATH"
  | "built"
  | "runtime.node"
  | "our own Node";

export interface Environment {
  readonly language: Language;
  /** Absolute. */
  readonly interpreter: string;
  /** E.g. `3.12.1`. */
  readonly version: string;
  readonly source: EnvironmentSource;
  /** Each step that was looked at, and why it was taken or not. */
  readonly explain: readonly string[];
  /** What the agent's environment gets beside its own variables. */
  readonly env: Readonly<Record<string, string>>;
  /** Node: a built folder for resolving packages; null: the agent's own. */
  readonly nodeModules: string | null;
  readonly built: Built | null;
  /** What a person should know, one sentence each. */
  readonly notes: readonly string[];
  /** Files that decide, absolute; they need not exist. Their change makes this environment old. */
  readonly watch: readonly string[];
}

export interface Built {
  readonly key: string;
  /** 0: it was there already. */
  readonly ms: number;
  readonly tool: string;
}

/** Notes each step; a step that decides is noted too. */
export class Explanation {
  readonly lines: string[] = [];
  say(line: string): void {
    this.lines.push(line);
  }
}
