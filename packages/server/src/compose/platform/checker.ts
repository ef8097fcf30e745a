/** Calls the healthcheck of a version that is not live yet, as a run like any other. */
import type { Problem } from "@runagent/protocol";
import type { Checker } from "../../control/deploy/ports.ts";
import type { Scheduler } from "../../scheduler/scheduler.ts";

export function platformChecker(scheduler: Scheduler): Checker {
  return {
    async check({ agent, version, tag }, signal): Promise<Problem | null> {
      const run = scheduler.runs.start({
        ...{ caller: null, agent, version, tag, input: "{}", session: null, user: null, timeoutMs: null },
        ...{ durable: false, background: false, stream: false, idempotency: null, metadata: "{}", traceparent: null },
        admittedAt: Date.now(),
      });
      const leave = run.attach("json");
      const stop = (): void => void scheduler.runs.cancel(null, run.id, "operator", "the deployment ended");
      signal.addEventListener("abort", stop, { once: true });
      try {
        const answer = await run.answer;
        return answer.kind === "problem" ? answer.problem : null;
      } finally {
        signal.removeEventListener("abort", stop);
        leave();
      }
    },
  };
}
