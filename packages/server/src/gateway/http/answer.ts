/**
 * Writes answers. Headers go out as one flat list and a body in one piece: node joins them into one packet. Every error
 * that leaves is a problem of the catalogue (G2).
 */
import { LIMITS, type Problem, problem, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { addCommon } from "./common-headers.ts";
import { refusalOf } from "./refuse.ts";

/** Names and values in turn. */
export type Headers = readonly string[];

export function answerJson(exchange: Exchange, status: number, body: string, headers: Headers = []): void {
  answer(exchange, status, { type: "application/json", body, headers });
}

export function answer(
  exchange: Exchange,
  status: number,
  content: { readonly type: string; readonly body: string; readonly headers?: Headers },
): void {
  if (exchange.over || exchange.res.headersSent || refusalOf(exchange.req.socket) !== undefined) return;
  const size = Buffer.byteLength(content.body);
  const all = ["Content-Type", content.type, "Content-Length", String(size)];
  if (content.headers !== undefined) all.push(...content.headers);
  addCommon(all, exchange);
  exchange.res.writeHead(status, all).end(content.body, size === content.body.length ? "latin1" : "utf8");
}

/** `204`. */
export function answerNothing(exchange: Exchange, headers: Headers = []): void {
  const all = [...headers];
  addCommon(all, exchange);
  exchange.res.writeHead(204, all).end();
}

export function answerProblem(exchange: Exchange, body: Problem, headers: Headers = []): void {
  exchange.code = body.code;
  answer(exchange, body.status, {
    type: "application/problem+json",
    body: JSON.stringify(body),
    headers: [...problemHeaders(body), ...headers],
  });
}

/** `Retry-After` where trying again later is what helps, `WWW-Authenticate` where a key does (RFC 9110 §11.6.1). */
export function problemHeaders(body: Problem): Headers {
  if (body.status === 401) return ["WWW-Authenticate", "Bearer"];
  if (body.status !== 429 && body.status !== 503) return [];
  const said = body.retry_after;
  const seconds = typeof said === "number" ? said : LIMITS.retry_after.value / 1000;
  return ["Retry-After", String(Math.max(1, Math.ceil(seconds)))];
}

/** Whatever was thrown leaves as a problem. */
export function answerThrown(exchange: Exchange, thrown: unknown): void {
  answerProblem(exchange, problemOf(exchange, thrown));
}

/** The problem of whatever was thrown. What is not of the catalogue is a fault of ours: it is noted, not shown. */
export function problemOf(exchange: Exchange, thrown: unknown): Problem {
  if (thrown instanceof RunAgentError) return thrown.problem;
  const text = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
  exchange.context.ports.observer.note?.(`A fault of RunAgent: ${text}`);
  return problem("INTERNAL", "Something in RunAgent itself went wrong; the server's log has the details.");
}
