/** Where what happens to runs goes: counters, and the lines of the server's log. */
import type { Metrics } from "../../control/metrics.ts";
import type { Terminal } from "../../control/terminal.ts";
import type { RunObserver } from "../../scheduler/ports.ts";
import type { RunsLately } from "../runs-lately.ts";

interface Watching {
  readonly terminal: Terminal;
  readonly metrics: Metrics;
  readonly lately: RunsLately;
}

export function platformObserver({ terminal, metrics, lately }: Watching): RunObserver {
  return {
    admitted: () => {},
    ended(run) {
      metrics.ended({ ...run, origin: run.problem?.origin ?? "none" });
      lately.ended(run);
    },
    log: (runId, record) => terminal.log(runId, record),
    started: (kind, ms) => metrics.started(kind, ms),
  };
}
