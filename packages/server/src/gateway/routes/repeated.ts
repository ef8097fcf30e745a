/**
 * A call that comes again under its Idempotency-Key is answered as the first one, whatever became of the agent since: it
 * may not load now, or have other tags, another schema, another timeout.
 */
import type { JsonText } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { fingerprint } from "../input/fingerprint.ts";
import type { Repeats } from "../ports.ts";

export interface KeyedCall {
  readonly agent: string;
  readonly version: string | null;
  readonly tag: string | null;
  readonly idempotencyKey: string | null;
  /** JSON texts of the body: what makes it the same call. */
  readonly parts: readonly JsonText[];
}

/** What the same call made before, or null. Throws IDEMPOTENCY_KEY_REUSED. */
export async function repeated<Made>(exchange: Exchange, call: KeyedCall, made: Repeats<Made>): Promise<Made | null> {
  const { idempotencyKey: key, agent, parts } = call;
  if (key === null) return null;
  const { caller } = exchange;
  const first = made.tagUnder({ caller, agent, key });
  if (first === null) return null;
  const tag = call.tag ?? (await defaultTag(exchange, call, first));
  return made.join({ caller, agent, idempotency: { key, fingerprint: fingerprint(tag, parts) } });
}

/** Of the agent as it is; of one that cannot be called now, the tag that the first call came to. */
async function defaultTag(exchange: Exchange, call: KeyedCall, first: string): Promise<string> {
  try {
    return (await exchange.context.ports.agents.resolve(exchange.caller, call)).entrypoint.tag;
  } catch {
    return first; // the call needs no agent: it was answered before
  }
}
