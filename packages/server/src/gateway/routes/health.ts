/** `/healthz`, `/readyz`, `/v1/info`. */
import type { Exchange } from "../exchange.ts";
import { answerJson, answerProblem } from "../http/answer.ts";

const LIVE = JSON.stringify({ status: "ok" });
const READY = JSON.stringify({ status: "ready" });

export function healthz(exchange: Exchange): void {
  answerJson(exchange, 200, LIVE, FRESH);
}

export function readyz(exchange: Exchange): void {
  const readiness = exchange.context.ports.agents.readiness();
  if (readiness.ready) answerJson(exchange, 200, READY, FRESH);
  else answerProblem(exchange, readiness.problem, FRESH);
}

export function info(exchange: Exchange): void {
  answerJson(exchange, 200, JSON.stringify(exchange.context.ports.info()));
}

const FRESH = ["Cache-Control", "no-store"];
