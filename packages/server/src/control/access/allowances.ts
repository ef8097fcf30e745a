/**
 * What a key may use: calls in a second (a bucket that holds one second's worth, at least one) and runs at a time. Keys
 * without a limit cost nothing here.
 */
import { type KeyView, RunAgentError } from "@runagent/protocol";

interface Bucket {
  tokens: number;
  filledAt: number;
  running: number;
}

export interface Allowed {
  /** Names and values in turn, for the answer. */
  readonly headers: readonly string[];
  /** RATE_LIMITED, with whose limit it is; null: it may call. */
  readonly refusal: RunAgentError | null;
}

const NONE: Allowed = { headers: [], refusal: null };

export class Allowances {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one call, if one is left. */
  call(key: KeyView): Allowed {
    const { rate, concurrency } = key;
    if (rate === null && concurrency === null) return NONE;
    const bucket = this.#bucketOf(key);
    const refusal = rate === null ? null : this.#take(bucket, rate, key.id);
    return { headers: headersOf(key, bucket), refusal };
  }

  #take(bucket: Bucket, rate: number, id: string): RunAgentError | null {
    const now = this.#now();
    bucket.tokens = Math.min(mostOf(rate), bucket.tokens + ((now - bucket.filledAt) * rate) / 1000);
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      return new RunAgentError("RATE_LIMITED", `The key ${id} may call ${rate} times a second.`, {
        retry_after: Math.max(1, Math.ceil((1 - bucket.tokens) / rate)),
        limit: "key",
      });
    }
    bucket.tokens -= 1;
    return null;
  }

  /** Takes one run; the result gives it back and may be called again. Throws RATE_LIMITED. */
  run(key: KeyView): () => void {
    const { concurrency } = key;
    if (concurrency === null) return NOTHING;
    const bucket = this.#bucketOf(key);
    if (bucket.running >= concurrency) {
      throw new RunAgentError("RATE_LIMITED", `The key ${key.id} may have ${concurrency} runs at a time.`, {
        retry_after: 1,
        limit: "key",
      });
    }
    bucket.running += 1;
    let given = false;
    return () => {
      if (!given) bucket.running -= 1;
      given = true;
    };
  }

  /** The key is gone. */
  forget(id: string): void {
    this.#buckets.delete(id);
  }

  #bucketOf({ id, rate }: KeyView): Bucket {
    const known = this.#buckets.get(id);
    if (known !== undefined) return known;
    const bucket = { tokens: mostOf(rate ?? 1), filledAt: this.#now(), running: 0 };
    this.#buckets.set(id, bucket);
    return bucket;
  }
}

const mostOf = (rate: number): number => Math.max(1, rate);

/** Source: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/ */
function headersOf({ rate, concurrency }: KeyView, { tokens, running }: Bucket): readonly string[] {
  const policies: string[] = [];
  const left: string[] = [];
  if (rate !== null) {
    const seconds = Math.ceil(mostOf(rate) / rate);
    policies.push(`"calls";q=${mostOf(rate)};w=${seconds}`);
    left.push(`"calls";r=${Math.floor(tokens)};t=${seconds}`);
  }
  if (concurrency !== null) {
    policies.push(`"runs";q=${concurrency};qu="concurrent-requests"`);
    left.push(`"runs";r=${Math.max(0, concurrency - running)}`);
  }
  return ["RateLimit-Policy", policies.join(", "), "RateLimit", left.join(", ")];
}

const NOTHING = (): void => {};
