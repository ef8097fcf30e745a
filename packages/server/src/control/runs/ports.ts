/** What the archive needs of a run that has ended, and what it keeps of it. */
import type { Caller, LogRecord, Problem, RunEvent, RunRecord } from "@runagent/protocol";

export interface Idempotency {
  readonly key: string;
  readonly fingerprint: string;
}

export interface EndedRun {
  readonly id: string;
  readonly request: { readonly caller: Caller; readonly agent: string; readonly idempotency: Idempotency | null };
  readonly durable: boolean;
  /** Its entrypoint says `"delivery": "background"`. */
  readonly inBackground: boolean;
  readonly attemptFrom: number;
  /** Characters that it takes. */
  readonly weight: number;
  readonly state:
    | { readonly kind: "ended"; readonly outcome: Outcome }
    | { readonly kind: "queued" | "running" | "waiting" };
  readonly events: { readonly last: number; slice(after: number, max: number): readonly RunEvent[] };
  readonly logs: readonly LogRecord[];
  record(): RunRecord;
}

type Outcome =
  | { readonly kind: "succeeded"; readonly streamed: boolean }
  | { readonly kind: "failed"; readonly problem: Problem }
  | { readonly kind: "cancelled" };

/** What is known of an archived run without its events and logs. */
export interface About {
  readonly record: RunRecord;
  /** Of the key that made it; null: none was needed. */
  readonly keyId: string | null;
  readonly idempotency: Idempotency | null;
  readonly background: boolean;
  /** Its output was made of chunks: those after event `attemptFrom`. */
  readonly streamed: boolean;
  readonly attemptFrom: number;
}

export interface ArchivedRun extends About {
  /** Null: not kept, or no longer. */
  readonly events: readonly RunEvent[] | null;
  readonly logs: readonly LogRecord[];
}

/** An archived run whose events and logs are read when they are asked for. */
export interface Found {
  readonly about: About;
  events(): readonly RunEvent[] | null;
  logs(): readonly LogRecord[];
}
