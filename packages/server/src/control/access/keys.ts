/**
 * API keys. Random, shown once, kept as a hash: whoever reads the data directory cannot call with what is there. All of them
 * are in memory, so a call's key is one hash and one look.
 */
import { createHash, randomBytes } from "node:crypto";
import { type KeyView, type KeyWish, type LimitValues, type NewKey, newId, RunAgentError } from "@runagent/protocol";
import type { Records } from "./ports.ts";

const PREFIX = "default/keys/";
const SHAPE = /^ra_[A-Za-z0-9_-]{43}$/;

/** As it is kept. */
interface Kept extends KeyView {
  readonly hash: string;
}

export interface KeysOptions {
  readonly records: Records;
  readonly limits: Pick<LimitValues, "keys">;
  readonly now: () => number;
}

export class Keys {
  readonly #options: KeysOptions;
  readonly #byHash = new Map<string, Kept>();
  readonly #byId = new Map<string, Kept>();
  readonly #revoked = new Set<(id: string) => void>();

  private constructor(options: KeysOptions) {
    this.#options = options;
  }

  static async open(options: KeysOptions): Promise<Keys> {
    const keys = new Keys(options);
    for (const { value } of await options.records.list(PREFIX)) keys.#remember(JSON.parse(value));
    return keys;
  }

  /** The key, if it is one of ours and its time is not over. */
  find(key: string): KeyView | null {
    if (!SHAPE.test(key)) return null;
    const kept = this.#byHash.get(hashOf(key));
    return kept === undefined || this.#isOver(kept) ? null : kept; // the hash in it goes nowhere
  }

  get(id: string): KeyView | undefined {
    return this.#byId.get(id);
  }

  /** Throws CONFLICT when there are too many. */
  async create(wish: KeyWish): Promise<NewKey> {
    if (this.#byHash.size >= this.#options.limits.keys) {
      throw new RunAgentError("CONFLICT", `There are ${this.#byHash.size} keys already; revoke some.`);
    }
    const key = `ra_${randomBytes(32).toString("base64url")}`;
    const now = this.#options.now();
    const kept: Kept = {
      id: newId("key"),
      scopes: wish.scopes,
      agents: wish.agents,
      created_at: new Date(now).toISOString(),
      expires_at: wish.expiresInMs === null ? null : new Date(now + wish.expiresInMs).toISOString(),
      rate: wish.rate,
      concurrency: wish.concurrency,
      hash: hashOf(key),
    };
    await this.#options.records.update(PREFIX + kept.id, () => JSON.stringify(kept));
    this.#remember(kept);
    return { ...view(kept), key };
  }

  /** Newest first. */
  list(): readonly KeyView[] {
    return [...this.#byHash.values()].map(view).toSorted((a, b) => (a.id < b.id ? 1 : -1));
  }

  /** From now on it is refused, and what is open with it is ended. Throws NOT_FOUND. */
  async revoke(id: string): Promise<void> {
    const kept = this.#byId.get(id);
    if (kept === undefined)
      throw new RunAgentError("NOT_FOUND", `There is no key ${JSON.stringify(id)}.`, {
        hint: "`runagent key list` lists them.",
      });
    this.#byId.delete(id);
    this.#byHash.delete(kept.hash); // first: what is said to be revoked must not be, not the other way round
    for (const told of this.#revoked) told(id);
    await this.#options.records.update(PREFIX + id, () => null);
  }

  /** Whether somebody can still look after the server. */
  hasAdmin(): boolean {
    return [...this.#byHash.values()].some((one) => one.scopes.includes("admin") && !this.#isOver(one));
  }

  /** What it returns ends that. */
  onRevoked(told: (id: string) => void): () => void {
    this.#revoked.add(told);
    return () => void this.#revoked.delete(told);
  }

  #isOver({ expires_at }: Kept): boolean {
    return expires_at !== null && Date.parse(expires_at) <= this.#options.now();
  }

  #remember(kept: Kept): void {
    this.#byHash.set(kept.hash, kept);
    this.#byId.set(kept.id, kept);
  }
}

const hashOf = (key: string): string => createHash("sha256").update(key).digest("base64url");

const view = ({ hash: _hash, ...shown }: Kept): KeyView => shown;
