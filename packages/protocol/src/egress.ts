/** What an agent reached from its sandbox, and what was refused. */

/** `refused`: not in its allow-list. `failed`: allowed, and not reached. `limited`: too much at once. */
export const EGRESS_RESULTS = ["open", "ok", "refused", "failed", "limited"] as const;
export type EgressResult = (typeof EGRESS_RESULTS)[number];

export interface EgressRecord {
  readonly agent: string;
  readonly version: string;
  /** Null: there was none, or more than one. */
  readonly run: string | null;
  readonly at: string;
  readonly host: string;
  /** Null: only its name was asked for. */
  readonly port: number | null;
  readonly result: EgressResult;
  readonly reason: string | null;
  readonly bytes_sent: number;
  readonly bytes_received: number;
  readonly duration_ms: number | null;
  /** How often, of a refusal. */
  readonly count: number;
}
