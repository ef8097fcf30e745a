import type { PlatformPlan } from "./measures/platform.ts";
import type { SandboxPlan } from "./measures/sandbox.ts";
import type { EgressPlan } from "./measures/sandbox-egress.ts";

/** How long and how often: the whole benchmark, or the short one that only shows that everything still runs. */
export interface Plan {
  readonly rounds: number;
  readonly warmMs: number;
  readonly callMs: number;
  readonly streamTimes: number;
  readonly readers: number;
  readonly connections: number;
  readonly streams: number;
  readonly chunks: number;
  readonly egress: EgressPlan;
  readonly sandbox: SandboxPlan;
  readonly platform: PlatformPlan;
  readonly adapters: {
    readonly rounds: number;
    readonly pairs: number;
    readonly words: number;
    /** Left out: all. */
    readonly frameworks?: readonly string[];
  };
}

const SAME = { connections: 32, streams: 32, chunks: 200 } as const;

export const FULL: Plan = {
  ...SAME,
  rounds: 3,
  warmMs: 2000,
  callMs: 5000,
  streamTimes: 3,
  readers: 5000,
  egress: { rounds: 3, connections: 500, requests: 3000, megabytes: 400 },
  sandbox: { rounds: 5, calls: 5000, forks: 100, wakes: 100 },
  platform: { rounds: 5, agents: 1000 },
  adapters: { rounds: 3, pairs: 100, words: 1000 },
};
export const SHORT: Plan = {
  ...SAME,
  rounds: 1,
  warmMs: 500,
  callMs: 1500,
  streamTimes: 1,
  readers: 500,
  egress: { rounds: 1, connections: 100, requests: 500, megabytes: 100 },
  sandbox: { rounds: 1, calls: 500, forks: 20, wakes: 20 },
  platform: { rounds: 1, agents: 1000 },
  adapters: { rounds: 1, pairs: 20, words: 200, frameworks: ["langgraph"] },
};
