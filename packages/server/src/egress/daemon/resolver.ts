/**
 * Finds the addresses of names outside, with the machine's own DNS servers; kept as long as their records say, within
 * bounds. What may not be dialled is dropped here, so nobody after this sees it.
 */
import { promises as dns } from "node:dns";

export type Found =
  | { readonly kind: "found"; readonly addresses: readonly string[] }
  /** No such name, or none of its addresses may be dialled. */
  | { readonly kind: "nothing"; readonly reason: "unknown_name" | "private_address" }
  | { readonly kind: "failed" };

interface Kept {
  readonly found: Promise<Found>;
  until: number;
}

const LONGEST_MS = 30_000;
const SHORTEST_MS = 1000;
const MOST_KEPT = 2000;
/** No such name; no such records. Anything else is a fault of the way there. */
const NOT_THERE = new Set(["ENOTFOUND", "ENODATA"]);

export type Lookup = (name: string) => Promise<readonly { readonly address: string; readonly ttl: number }[]>;

export class Resolver {
  readonly #diallable: (address: string) => boolean;
  readonly #lookup: Lookup;
  readonly #kept = new Map<string, Kept>();

  constructor(diallable: (address: string) => boolean, lookup: Lookup = systemLookup()) {
    this.#diallable = diallable;
    this.#lookup = lookup;
  }

  /** Never rejects. */
  find(name: string): Promise<Found> {
    const kept = this.#kept.get(name);
    if (kept !== undefined && kept.until > performance.now()) return kept.found;
    if (this.#kept.size >= MOST_KEPT) this.#kept.clear();
    const keep = (ms: number): void => {
      entry.until = performance.now() + ms;
    };
    const entry: Kept = { found: this.#find(name, keep), until: Number.POSITIVE_INFINITY };
    this.#kept.set(name, entry);
    return entry.found;
  }

  async #find(name: string, keep: (ms: number) => void): Promise<Found> {
    try {
      const records = await this.#lookup(name);
      const good = records.filter(({ address }) => this.#diallable(address));
      const ttl = Math.min(...records.map((one) => one.ttl * 1000));
      keep(Math.min(Math.max(ttl, SHORTEST_MS), LONGEST_MS));
      if (good.length > 0) return { kind: "found", addresses: good.map((one) => one.address) };
      return { kind: "nothing", reason: records.length > 0 ? "private_address" : "unknown_name" };
    } catch {
      keep(SHORTEST_MS);
      return { kind: "failed" };
    }
  }
}

const TRIES = { timeout: 2000, tries: 2 };

function systemLookup(): Lookup {
  const resolver = new dns.Resolver(TRIES);
  const orNone = (records: Promise<{ address: string; ttl: number }[]>): typeof records =>
    records.catch((error: NodeJS.ErrnoException) => {
      if (NOT_THERE.has(error.code ?? "")) return [];
      throw error;
    });
  return async (name) => {
    const [v4, v6] = await Promise.allSettled([
      orNone(resolver.resolve4(name, { ttl: true })),
      orNone(resolver.resolve6(name, { ttl: true })),
    ]);
    if (v4.status === "rejected" && v6.status === "rejected") throw v4.reason;
    return [v4, v6].flatMap((one) => (one.status === "fulfilled" ? one.value : []));
  };
}
