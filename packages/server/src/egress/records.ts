/**
 * What agents reached, and what was refused: the newest of each, in memory. Refusals of the same thing are one record with a
 * count, and a flood of them pushes no connection out.
 */
import type { EgressRecord, Page } from "@runagent/protocol";
import type { Report, Visitor } from "./ports.ts";

interface Kept {
  readonly key: string;
  readonly number: number;
  readonly record: EgressRecord;
}

export class EgressRecords {
  readonly #most: number;
  readonly #runAt: (visitor: Visitor, at: number) => string | null;
  /** By key, oldest first. */
  readonly #connections = new Map<string, Kept>();
  readonly #refusals = new Map<string, Kept>();
  #numbers = 0;

  /** `runAt`: the one run that the sandbox had then; null when there was none, or more than one. */
  constructor(most: number, runAt: (visitor: Visitor, at: number) => string | null) {
    this.#most = most;
    this.#runAt = runAt;
  }

  add(visitor: Visitor, report: Report): EgressRecord {
    const refused = report.result === "refused" || report.result === "limited";
    const kept = refused ? this.#refusals : this.#connections;
    const key = refused
      ? [visitor.agent, visitor.version, report.host, report.port, report.reason].join(" ")
      : `${report.id} ${report.n}`;
    const before = kept.get(key);
    const run = refused || before === undefined ? this.#runAt(visitor, report.at) : before.record.run;
    const count = refused ? (before?.record.count ?? 0) + 1 : 1;
    const record = recordOf({ visitor, report, run, count });
    if (refused) kept.delete(key); // it is the newest now
    kept.set(key, { key, number: (refused ? undefined : before?.number) ?? ++this.#numbers, record });
    const [oldest] = kept.keys();
    if (kept.size > this.#most && oldest !== undefined) kept.delete(oldest);
    return record;
  }

  /** Newest first. */
  list(agent: string, cursor: string | null, limit: number): Page<EgressRecord> {
    const before = cursor === null ? Number.POSITIVE_INFINITY : Number(cursor);
    const found = [...this.#connections.values(), ...this.#refusals.values()]
      .filter(({ record, number }) => record.agent === agent && number < before)
      .sort((a, b) => b.number - a.number);
    const page = found.slice(0, limit);
    const next = found.length > limit ? String(page.at(-1)?.number) : null;
    return { items: page.map((one) => one.record), next };
  }
}

interface Told {
  readonly visitor: Visitor;
  readonly report: Report;
  readonly run: string | null;
  readonly count: number;
}

const recordOf = ({ visitor: { agent, version }, report, run, count }: Told): EgressRecord => ({
  ...{ agent, version, run },
  at: new Date(report.at).toISOString(),
  host: report.host,
  port: report.port,
  result: report.result,
  reason: report.reason,
  bytes_sent: report.sent,
  bytes_received: report.received,
  duration_ms: report.ms,
  count,
});
