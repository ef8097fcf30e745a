/** `/v1/agents`: what can be called, and with what. */
import type { Exchange } from "../exchange.ts";
import { answerJson } from "../http/answer.ts";

export function listAgents(exchange: Exchange): void {
  exchange.query([]);
  const items = exchange.context.ports.agents.list(exchange.caller);
  answerJson(exchange, 200, JSON.stringify({ items, next: null }));
}

export async function getAgent(exchange: Exchange): Promise<void> {
  const agent = await exchange.context.ports.agents.get(exchange.caller, exchange.param("agent"));
  answerJson(exchange, 200, JSON.stringify(agent));
}
