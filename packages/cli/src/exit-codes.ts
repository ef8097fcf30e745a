/** What the exit codes mean (docs/reference/cli.md), and which one a problem has. Scripts rely on them. */
import type { Problem } from "@runagent/protocol/errors";

export const EXIT = {
  ok: 0,
  agent: 1,
  usage: 2,
  invalid: 3,
  unreachable: 4,
  later: 5,
  fault: 70,
  interrupted: 130,
  terminated: 143,
} as const;

export const EXIT_MEANINGS: readonly (readonly [number, string])[] = [
  [EXIT.ok, "it worked; a run succeeded"],
  [EXIT.agent, "the run or the build failed (the agent's fault)"],
  [EXIT.usage, "the command line is wrong"],
  [EXIT.invalid, "config, input or something required is invalid or missing"],
  [EXIT.unreachable, "the server cannot be reached, or the key may not"],
  [EXIT.later, "it may work later: no capacity, deadline, storage full"],
  [EXIT.fault, "a fault of ours, with what to report"],
  [EXIT.interrupted, "interrupted (SIGTERM: 143)"],
];

const MAY_WORK_LATER: ReadonlySet<number> = new Set([429, 503, 504, 507]);
const MAY_NOT: ReadonlySet<number> = new Set([401, 403]);

export function exitOf(problem: Problem): number {
  if (problem.code === "RUN_CANCELLED" || problem.code === "LOAD_FAILED") return EXIT.agent;
  if (MAY_WORK_LATER.has(problem.status)) return EXIT.later;
  if (MAY_NOT.has(problem.status)) return EXIT.unreachable;
  switch (problem.origin) {
    case "caller":
      return EXIT.invalid;
    case "agent":
      return EXIT.agent;
    case "platform":
      return EXIT.fault;
  }
}
