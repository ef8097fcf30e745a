/**
 * What the hops of the server hand to each other about calls and runs. JSON of callers and agents is text here
 * (`JsonText`): it is never parsed and written again.
 */
import type { Problem } from "./errors.ts";
import type { JsonText } from "./json-text.ts";
import type { Run, RunStatus } from "./run.ts";

/** Who calls. `serve` has one caller, null, who may do everything. */
export type Caller = {
  readonly keyId: string;
  readonly scopes: readonly string[];
  /** Names; null or left out: every agent. */
  readonly agents?: readonly string[] | null;
} | null;

/** Whether the caller may know of the agent at all. */
export const maySee = (caller: Caller, agent: string): boolean => caller?.agents?.includes(agent) ?? true;

export interface RunRequest {
  readonly caller: Caller;
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  /** Milliseconds since the epoch: the deadline counts from here, waiting for a load included. */
  readonly admittedAt: number;
  readonly input: JsonText;
  readonly session: string | null;
  readonly user: string | null;
  /** Of the caller; null: the config's. */
  readonly timeoutMs: number | null;
  /** The record is stored before dispatch; the run goes on when the caller leaves. */
  readonly durable: boolean;
  /** Nobody waits: counted as background in the queue. */
  readonly background: boolean;
  /** The caller reads events as they come. */
  readonly stream: boolean;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
  /** JSON text of an object. */
  readonly metadata: JsonText;
  readonly traceparent: string | null;
}

/** A run's record with `input` and `output` as JSON text; `output` null: none (yet). */
export interface RunRecord extends Omit<Run, "input" | "output" | "metadata"> {
  readonly input: JsonText;
  readonly output: JsonText | null;
  readonly metadata: JsonText;
}

/** A durable run as the engine keeps it, for the server that finds it after this one. */
export interface KeptRun {
  readonly record: RunRecord;
  /** Of the key that made it; null: none was needed. */
  readonly key_id: string | null;
  readonly idempotency: RunRequest["idempotency"];
  /** Its entrypoint says `"delivery": "background"`. */
  readonly background: boolean;
  /** A new run is safe when this one was lost. */
  readonly idempotent: boolean;
}

/**
 * How a run ended for a caller who waits. `streamed`: `chunks` are the texts of the chunk events, in order.
 * `waiting`: it became durable and waits for a person.
 */
export type RunAnswer =
  | { readonly kind: "value"; readonly output: JsonText }
  | { readonly kind: "streamed"; readonly chunks: readonly JsonText[]; readonly output: JsonText }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "waiting" };

export interface RunFilter {
  readonly agent: string | null;
  readonly statuses: readonly RunStatus[] | null;
  readonly session: string | null;
  readonly batch: string | null;
  readonly sinceMs: number | null;
  readonly cursor: string | null;
  readonly limit: number;
}

export interface BatchRequest {
  readonly caller: Caller;
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly items: readonly JsonText[];
  readonly concurrency: number | null;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
}

export interface SessionView {
  readonly id: string;
  readonly agent: string;
  readonly user: string | null;
  readonly created_at: string;
  readonly updated_at: string;
  readonly runs: number;
}
