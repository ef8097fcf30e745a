/** What a call's headers and query wish for, read and checked before anything else is done. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { type Form, formOf } from "../http/accept.ts";
import { type Preference, preferenceOf } from "../http/prefer.ts";
import { type EventFilter, filterOf } from "../stream/filter.ts";

export interface HeaderWishes {
  readonly form: Form;
  readonly filter: EventFilter;
  readonly preference: Preference;
  readonly session: string | null;
  readonly user: string | null;
  readonly timeoutMs: number | null;
  /** Where the timeout stood, for messages. */
  readonly timeoutPlace: "header" | "body";
  readonly idempotencyKey: string | null;
  readonly traceparent: string | null;
}

export function headerWishes(exchange: Exchange): HeaderWishes {
  const user = exchange.header("runagent-user");
  if (user !== null) checkActAs(exchange);
  const traceparent = exchange.header("traceparent");
  return {
    form: formOf(exchange.req.headers.accept),
    filter: filterOf(exchange.query(null).get("types")),
    preference: preferenceOf(exchange.header("prefer"), exchange.context.limits.prefer_wait),
    session: exchange.header("runagent-session"),
    user,
    timeoutMs: timeoutOf(exchange.header("runagent-timeout")),
    timeoutPlace: "header",
    idempotencyKey: exchange.header("idempotency-key"),
    // Source: https://www.w3.org/TR/trace-context/: what cannot be read begins a new trace.
    traceparent:
      exchange.trace?.traceparent ?? (traceparent !== null && TRACEPARENT.test(traceparent) ? traceparent : null),
  };
}

const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?$/;

/** Whoever names a user needs the scope for it; in `serve` anyone may. */
export function checkActAs(exchange: Exchange): void {
  if (exchange.caller === null || exchange.caller.scopes.includes("act-as")) return;
  throw new RunAgentError("FORBIDDEN", "Naming a user needs a key with the scope `act-as`.", { scope: "act-as" });
}

/** `name`, or `name@v7`. */
export function versionOf(name: string): { readonly agent: string; readonly version: string | null } {
  const at = name.lastIndexOf("@");
  return at < 0 ? { agent: name, version: null } : { agent: name.slice(0, at), version: name.slice(at + 1) };
}

function timeoutOf(text: string | null): number | null {
  if (text === null) return null;
  const ms = /^\d+(\.\d+)?$/.test(text) ? Math.round(Number(text) * 1000) : 0;
  if (ms > 0) return ms;
  const detail = `\`RunAgent-Timeout\` is a decimal number of seconds above 0, not ${JSON.stringify(text)}.`;
  throw new RunAgentError("INVALID_REQUEST", detail);
}
