/** Where what happens to runs goes: counters, and the lines of the server's log. */
import type { AgentLogs } from "../../control/logs/agent-logs.ts";
import type { Metrics } from "../../control/metrics.ts";
import type { Terminal } from "../../control/terminal.ts";
import type { RunObserver } from "../../scheduler/ports.ts";
import type { RunsLately } from "../runs-lately.ts";

interface Watching {
  readonly terminal: Terminal;
  readonly metrics: Metrics;
  readonly lately: RunsLately;
  readonly logs: AgentLogs;
}

export function platformObserver({ terminal, metrics, lately, logs }: Watching): RunObserver {
  return {
    admitted: () => {},
    ended(run) {
      metrics.ended({ ...run, origin: run.problem?.origin ?? "none" });
      lately.ended(run);
    },
    log(run, record) {
      terminal.log(run.id, record);
      logs.printed(run, run.id, record);
    },
    started: (kind, ms) => metrics.started(kind, ms),
  };
}
