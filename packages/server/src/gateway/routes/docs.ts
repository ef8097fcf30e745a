/** `/openapi.json` and `/docs`. */
import { openApi } from "@runagent/protocol/api";
import { docsPage } from "../docs-page.ts";
import type { Exchange } from "../exchange.ts";
import { answer, answerJson } from "../http/answer.ts";

export function openapi(exchange: Exchange): void {
  const { guard, ports } = exchange.context;
  answerJson(exchange, 200, JSON.stringify(openApi({ version: ports.info().version, keys: guard !== null })));
}

/** The page holds no script and loads nothing from elsewhere. */
export function docs(exchange: Exchange): void {
  const { ports } = exchange.context;
  const body = docsPage(ports.agents.list(exchange.caller), ports.info().version);
  answer(exchange, 200, { type: "text/html; charset=utf-8", body, headers: SEALED });
}

const SEALED = ["Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"];
