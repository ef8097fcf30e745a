/** Keys, secrets and the audit log, as the API shows them (docs/reference/api.md). Neither a key nor a secret is ever read back. */

export const SCOPES = ["run", "read", "deploy", "admin", "act-as"] as const;
export type Scope = (typeof SCOPES)[number];

export interface KeyView {
  readonly id: string;
  readonly scopes: readonly Scope[];
  /** Names; null: every agent. */
  readonly agents: readonly string[] | null;
  readonly created_at: string;
  readonly expires_at: string | null;
  /** Calls in a second; null: no limit. */
  readonly rate: number | null;
  /** Runs at a time; null: no limit. */
  readonly concurrency: number | null;
}

export interface KeyWish {
  readonly scopes: readonly Scope[];
  readonly agents: readonly string[] | null;
  readonly expiresInMs: number | null;
  readonly rate: number | null;
  readonly concurrency: number | null;
}

/** The only time that the key is shown. */
export interface NewKey extends KeyView {
  readonly key: string;
}

export interface SecretView {
  readonly name: string;
  /** Counts its changes from 1. */
  readonly version: number;
  readonly set_at: string;
}

export interface AuditEntry {
  readonly n: number;
  readonly at: string;
  /** Id of a key; null: the server itself, or whoever started it. */
  readonly by: string | null;
  /** Of the caller; null: none called. */
  readonly address: string | null;
  /** `key.create`, `deploy`, … */
  readonly action: string;
  /** What it was done to. */
  readonly target: string | null;
  readonly detail: string | null;
}
