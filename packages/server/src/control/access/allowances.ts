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
}

const NONE: Allowed = { headers: [] };

export class Allowances {
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Takes one call. Throws RATE_LIMITED, with whose limit it is. */
  call(key: KeyView): Allowed {
    const { rate } = key;
    if (rate === null) return NONE;
    const bucket = this.#bucketOf(key);
    const now = this.#now();
    const most = Math.max(1, rate);
    bucket.tokens = Math.min(most, bucket.tokens + ((now - bucket.filledAt) * rate) / 1000);
    bucket.filledAt = now;
    if (bucket.tokens < 1) {
      const seconds = Math.max(1, Math.ceil((1 - bucket.tokens) / rate));
      throw new RunAgentError("RATE_LIMITED", `The key ${key.id} may call ${rate} times a second.`, {
        retry_after: seconds,
        limit: "key",
      });
    }
    bucket.tokens -= 1;
    const policy = `"calls";q=${most};w=1`;
    return { headers: ["RateLimit-Policy", policy, "RateLimit", `"calls";r=${Math.floor(bucket.tokens)};t=1`] };
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
    const bucket = { tokens: Math.max(1, rate ?? 1), filledAt: this.#now(), running: 0 };
    this.#buckets.set(id, bucket);
    return bucket;
  }
}

const NOTHING = (): void => {};
