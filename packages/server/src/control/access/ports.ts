/** What keys, secrets and the audit log need of the engine, in their own words. */

export interface Records {
  /** Read and compare-and-set in one; resolves when durable. `f` returns null to delete, undefined to leave it. */
  update(
    key: string,
    f: (value: string | null) => string | null | undefined,
  ): Promise<{ readonly value: string | null }>;
  /** Every record below the prefix. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
}

export interface Logs {
  append(log: string, data: string, options: { readonly id: string }): Promise<{ readonly seq: number }>;
  read(
    log: string,
    after: number,
    options: { readonly follow: boolean; readonly signal: AbortSignal },
  ): AsyncIterable<{ readonly seq: number; readonly data: string }>;
}
