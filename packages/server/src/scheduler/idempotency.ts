/**
 * Which run belongs to an Idempotency-Key. Scope: the caller's key and the agent. Kept `idempotency_time`, and no longer
 * than what it points at.
 */
import type { Caller } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import type { Clock } from "./ports.ts";

export interface IdempotentRequest {
  readonly caller: Caller;
  readonly agent: string;
  readonly idempotency: { readonly key: string; readonly fingerprint: string } | null;
}

export interface KeyScope {
  readonly caller: Caller;
  readonly agent: string;
  readonly key: string;
}

interface Stored<Target> {
  readonly fingerprint: string;
  readonly target: Target;
  readonly at: number;
}

export class IdempotencyKeys<Target> {
  readonly #clock: Clock;
  readonly #keptMs: number;
  readonly #stored = new Map<string, Stored<Target>>();

  constructor(clock: Clock, keptMs: number) {
    this.#clock = clock;
    this.#keptMs = keptMs;
  }

  /** What the same request made before; null: nothing. Throws IDEMPOTENCY_KEY_REUSED for another request. */
  find(request: IdempotentRequest): Target | null {
    if (request.idempotency === null) return null;
    const stored = this.#alive(scopeOf(request, request.idempotency.key));
    if (stored === undefined) return null;
    if (stored.fingerprint === request.idempotency.fingerprint) return stored.target;
    throw new RunAgentError(
      "IDEMPOTENCY_KEY_REUSED",
      `The Idempotency-Key ${JSON.stringify(request.idempotency.key)} was used for another tag or body.`,
    );
  }

  /** What was made under the key, by whatever request; null: nothing. */
  madeUnder(scope: KeyScope): Target | null {
    return this.#alive(scopeOf(scope, scope.key))?.target ?? null;
  }

  store(request: IdempotentRequest, target: Target): void {
    if (request.idempotency === null) return;
    const { key, fingerprint } = request.idempotency;
    this.#stored.set(scopeOf(request, key), { fingerprint, target, at: this.#clock.now() });
  }

  /** Its key may be used again; one that points at something newer by now stays. */
  forget(request: IdempotentRequest, target: Target): void {
    if (request.idempotency === null) return;
    const scope = scopeOf(request, request.idempotency.key);
    if (this.#stored.get(scope)?.target === target) this.#stored.delete(scope);
  }

  #alive(scope: string): Stored<Target> | undefined {
    const stored = this.#stored.get(scope);
    if (stored === undefined || this.#clock.now() - stored.at <= this.#keptMs) return stored;
    this.#stored.delete(scope);
    return undefined;
  }
}

const scopeOf = ({ caller, agent }: Omit<KeyScope, "key">, key: string): string =>
  JSON.stringify([caller?.keyId ?? null, agent, key]);
