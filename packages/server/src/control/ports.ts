/** What `control` needs: somebody who loads the agent's folder, and somebody who takes what was loaded. */
import type { AgentConfig, Description, Problem } from "@runagent/protocol";

/** The agent's folder, loaded once. `source` is opaque here: it goes on to `Versions`. */
export type LoadResult<Source> =
  | {
      readonly kind: "loaded";
      readonly config: AgentConfig;
      readonly description: Description;
      readonly source: Source;
      readonly notes: readonly string[];
      /** Files, absolute, whose change makes this version old; they need not exist. */
      readonly watch: readonly string[];
    }
  | {
      readonly kind: "failed";
      readonly agent: string | null;
      /** There is no agent at all: no folder, no config. */
      readonly absent: boolean;
      readonly problem: Problem;
      readonly watch: readonly string[];
    };

export interface Loader<Source> {
  /** Reads the config and code as they are now. Never rejects, except when the signal aborts. */
  load(version: string, signal: AbortSignal): Promise<LoadResult<Source>>;
}

export interface Versions<Source> {
  add(source: Source): void;
  /** No new runs for it; resolves when its last run has ended and its processes are gone. */
  retire(agent: string, version: string): Promise<void>;
}

/** What `serve` tells its user. */
export interface Announcer<Source> {
  loaded(result: Extract<LoadResult<Source>, { kind: "loaded" }>, version: string, ms: number): void;
  failed(problem: Problem, absent: boolean): void;
}
