/** CORS for pages on loopback: they may call and read everything. Source: https://fetch.spec.whatwg.org/#http-cors-protocol */
import { LIMITS } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";

const EXPOSED =
  "RunAgent-Run-Id, RunAgent-Version, Link, Location, Preference-Applied, Idempotent-Replayed, Retry-After, RateLimit, RateLimit-Policy, Allow";
const REQUEST_HEADERS =
  "Authorization, Content-Type, Accept, Prefer, Idempotency-Key, Last-Event-ID, RunAgent-Session, RunAgent-User, RunAgent-Timeout, traceparent";

/** Headers that let the page of this request read the answer. */
export function addCors(headers: string[], origin: string): void {
  headers.push("Access-Control-Allow-Origin", origin, "Vary", "Origin", "Access-Control-Expose-Headers", EXPOSED);
}

/** Answers `OPTIONS`: what may be sent to this path. */
export function answerOptions(exchange: Exchange, methods: readonly string[]): void {
  const allow = methods.join(", ");
  const headers = ["Allow", allow];
  if (exchange.origin !== null) addPreflight(headers, exchange, allow);
  exchange.res.writeHead(204, headers).end();
}

function addPreflight(headers: string[], exchange: Exchange, allow: string): void {
  addCors(headers, exchange.origin ?? "");
  headers.push("Access-Control-Allow-Methods", allow);
  headers.push("Access-Control-Allow-Headers", exchange.header("access-control-request-headers") ?? REQUEST_HEADERS);
  headers.push("Access-Control-Max-Age", String(LIMITS.preflight.value / 1000));
  if (exchange.header("access-control-request-private-network") === "true") {
    headers.push("Access-Control-Allow-Private-Network", "true");
  }
}
