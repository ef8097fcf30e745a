/** `/v1/agents/{agent}/egress`: what an agent reached from its sandbox, and what was refused. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { answerJson } from "../http/answer.ts";
import { limitOf } from "../http/query.ts";
import { assertKnown } from "./sessions.ts";

export function listEgress(exchange: Exchange): void {
  const { ports, limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const limit = limitOf(query, limits.list_usual, limits.list);
  const agent = exchange.param("agent");
  assertKnown(ports.agents.list(exchange.caller), agent);
  answerJson(exchange, 200, JSON.stringify(ports.egress.list(agent, cursorOf(query.get("cursor")), limit)));
}

function cursorOf(text: string | undefined): string | null {
  if (text === undefined || /^\d{1,15}$/.test(text)) return text ?? null;
  throw new RunAgentError("INVALID_REQUEST", "`cursor` is not one that a page gave.");
}
