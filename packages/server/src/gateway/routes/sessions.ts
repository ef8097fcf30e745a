/** `/v1/agents/{agent}/sessions`: the conversations of an agent. */
import { type AgentView, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { answerJson, answerNothing } from "../http/answer.ts";
import { limitOf } from "../http/query.ts";
import { readForkBody } from "../input/envelope.ts";
import { sessionText } from "../run-text.ts";

export function listSessions(exchange: Exchange): void {
  const { ports, limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const limit = limitOf(query, limits.list_usual, limits.list);
  const agent = exchange.param("agent");
  assertKnown(ports.agents.list(exchange.caller), agent);
  const page = ports.sessions.list(exchange.caller, agent, query.get("cursor") ?? null, limit);
  answerJson(exchange, 200, JSON.stringify(page));
}

/** While nothing is loaded nobody can say which agents there are. */
export function assertKnown(agents: readonly AgentView[], name: string): void {
  if (agents.length === 0 || agents.some((one) => one.name === name)) return;
  throw new RunAgentError("AGENT_NOT_FOUND", `There is no agent ${JSON.stringify(name)} here.`);
}

export function getSession(exchange: Exchange): void {
  const { sessions } = exchange.context.ports;
  const session = sessions.get(exchange.caller, exchange.param("agent"), exchange.param("id"));
  answerJson(exchange, 200, sessionText(session));
}

export function deleteSession(exchange: Exchange): void {
  exchange.context.ports.sessions.delete(exchange.caller, exchange.param("agent"), exchange.param("id"));
  answerNothing(exchange);
}

export async function forkSession(exchange: Exchange): Promise<void> {
  const { value } = await readForkBody(exchange);
  const agent = exchange.param("agent");
  const to = { id: value.id ?? null, at: value.at ?? null };
  const session = exchange.context.ports.sessions.fork(exchange.caller, agent, exchange.param("id"), to);
  const location = `/v1/agents/${encodeURIComponent(agent)}/sessions/${encodeURIComponent(session.id)}`;
  answerJson(exchange, 201, JSON.stringify(session), ["Location", location]);
}
