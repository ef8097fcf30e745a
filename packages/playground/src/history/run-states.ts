/** The states of a run, in the order they are lived through. */
import type { RunStatus } from "@runagent/sdk";

export const RUN_STATES = [
  "queued",
  "running",
  "waiting",
  "succeeded",
  "failed",
  "cancelled",
] as const satisfies readonly RunStatus[];
