/**
 * Who did what, in a log that only grows. The newest are in memory for lists; older ones stay on disk. What is done is
 * written before it is answered.
 */
import { randomUUID } from "node:crypto";
import type { AuditEntry, LimitValues, Page } from "@runagent/protocol";
import type { Logs } from "./ports.ts";

const LOG = "default/audit";

export interface AuditOptions {
  readonly logs: Logs;
  readonly limits: Pick<LimitValues, "audit_shown">;
  readonly now: () => number;
}

type Deed = Pick<AuditEntry, "by" | "action"> & Partial<Pick<AuditEntry, "address" | "target" | "detail">>;

export class Audit {
  readonly #options: AuditOptions;
  /** The oldest first. */
  readonly #newest: AuditEntry[] = [];

  private constructor(options: AuditOptions) {
    this.#options = options;
  }

  static async open(options: AuditOptions): Promise<Audit> {
    const audit = new Audit(options);
    const { signal } = new AbortController();
    for await (const { seq, data } of options.logs.read(LOG, 0, { follow: false, signal })) {
      audit.#remember({ n: seq, ...JSON.parse(data) });
    }
    return audit;
  }

  /** Resolves when it is on disk. */
  async note({ by, action, address = null, target = null, detail = null }: Deed): Promise<void> {
    const entry = { at: new Date(this.#options.now()).toISOString(), by, address, action, target, detail };
    const { seq } = await this.#options.logs.append(LOG, JSON.stringify(entry), { id: randomUUID() });
    this.#remember({ n: seq, ...entry });
  }

  /** Newest first. */
  list(cursor: string | null, limit: number): Page<AuditEntry> {
    const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
    const older = this.#newest.filter((one) => one.n < before);
    const items = older.slice(-limit).reverse();
    const last = items.at(-1);
    return { items, next: last !== undefined && older.length > limit ? String(last.n) : null };
  }

  #remember(entry: AuditEntry): void {
    this.#newest.push(entry);
    if (this.#newest.length > this.#options.limits.audit_shown) this.#newest.shift();
  }
}
