/** A line of the log that `runagent server` keeps of an agent: what it printed, in a run or outside of one, and its builds. */
import type { LogRecord } from "./events.ts";

export interface AgentLogRecord {
  /** RFC 3339, milliseconds, UTC. */
  readonly at: string;
  readonly level: LogRecord["level"];
  /** `build`: a line of the build of `version`, by `deployment`. */
  readonly stream: LogRecord["stream"] | "build";
  readonly message: string;
  readonly version: string;
  /** Null: outside of a run, while it was imported for example. */
  readonly run: string | null;
  readonly deployment: string | null;
}
