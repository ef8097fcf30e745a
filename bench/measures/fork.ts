/** What a fresh fork per run adds to a call, LangGraph imported: p95 of one caller, less the same call without fork. */
import { runCalls } from "../load/run.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";
import { runagent } from "../subjects/runagent.ts";
import { OURS_PLAIN } from "./calls.ts";

export const FORK = "RunAgent, a fresh fork per run, LangGraph imported";

export async function measureFork(plan: Plan, samples: Samples): Promise<void> {
  const p95 = async (folder: string, path: string): Promise<number> => {
    await using running = await runagent(folder, FORK).start();
    const one = { port: running.port, path, body: '{"n":1}', connections: 1 };
    const outcome = await runCalls({ ...one, warmMs: plan.warmMs, ms: plan.callMs });
    samples.add(folder === "fork" ? FORK : OURS_PLAIN, "errors", outcome.errors);
    return outcome.p95;
  };
  for (let round = 0; round < plan.rounds; round += 1) {
    const without = await p95("python", "/v1/run/bench/plain");
    samples.add(FORK, "added p95", (await p95("fork", "/v1/run/bench/echo")) - without);
  }
}
