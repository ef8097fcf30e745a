/** A run, as the API shows it (docs/reference/api.md). */
import type { Problem } from "./errors.ts";

export const RUN_STATUSES = ["queued", "running", "waiting", "succeeded", "failed", "cancelled"] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];

export const CANCELLED_BY = ["caller", "disconnect", "shutdown", "operator"] as const;
export type CancelledBy = (typeof CANCELLED_BY)[number];

export interface Usage {
  readonly duration_ms: number;
  readonly input_tokens: number | null;
  readonly output_tokens: number | null;
}

/** The wire form. On the server `input` and `output` are JSON text until they are written. */
export interface Run {
  readonly id: string;
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly status: RunStatus;
  readonly input: unknown;
  readonly output: unknown;
  readonly error: Problem | null;
  readonly session: string | null;
  readonly user: string | null;
  readonly attempt: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly durable: boolean;
  readonly created_at: string;
  readonly started_at: string | null;
  readonly ended_at: string | null;
  readonly usage: Usage;
  /** Number of the newest event. */
  readonly last_event: number;
  readonly retry_of?: string;
  readonly batch?: string;
  readonly index?: number;
  /** Only of a cancelled run. */
  readonly cancelled?: { readonly by: CancelledBy; readonly reason: string | null };
  /** Only while it waits. */
  readonly waiting?: { readonly interrupts: readonly Interrupt[] };
}

export interface Interrupt {
  readonly id: string;
  readonly question: unknown;
  readonly schema: unknown;
}

export interface Batch {
  readonly id: string;
  readonly agent: string;
  readonly tag: string;
  readonly status: "running" | "ended" | "cancelled";
  readonly counts: {
    readonly queued: number;
    readonly running: number;
    readonly succeeded: number;
    readonly failed: number;
    readonly cancelled: number;
  };
  readonly total: number;
  readonly created_at: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export interface AgentView {
  readonly name: string;
  readonly title: string;
  readonly version: string;
  readonly default: string;
  readonly entrypoints: readonly {
    readonly tag: string;
    readonly type: string;
    readonly input: "object" | "args" | "chat";
    readonly input_schema: unknown;
    readonly output_schema: unknown;
    readonly streams: boolean;
  }[];
}
