/** Versions of agents, which of them is live, how many workers they may have, and the workers themselves. */
import { maySee, RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { answerJson, answerNothing } from "../http/answer.ts";
import { flagOf, limitOf } from "../http/query.ts";
import { readEmptyBody, readScaleBody } from "../input/envelope.ts";
import { deedOf } from "./access.ts";
import { platformOf } from "./deployments.ts";

export function listVersions(exchange: Exchange): void {
  const platform = platformOf(exchange);
  const { limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const limit = limitOf(query, limits.list_usual, limits.list);
  const cursor = versionOf(query.get("cursor"), "cursor");
  answerJson(exchange, 200, JSON.stringify(platform.versions.list(exchange.param("agent"), cursor, limit)));
}

export async function getVersion(exchange: Exchange): Promise<void> {
  const { versions } = platformOf(exchange);
  const detail = await versions.detail(exchange.param("agent"), exchange.param("version"));
  answerJson(exchange, 200, JSON.stringify(detail));
}

export async function diffVersion(exchange: Exchange): Promise<void> {
  const { versions } = platformOf(exchange);
  const against = versionOf(exchange.query(["against"]).get("against"), "against");
  const diff = await versions.diff(exchange.param("agent"), exchange.param("version"), against);
  answerJson(exchange, 200, JSON.stringify(diff));
}

export async function promoteVersion(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  await readEmptyBody(exchange);
  const version = await platform.promote(exchange.param("agent"), exchange.param("version"), deedOf(exchange));
  answerJson(exchange, 200, JSON.stringify(version));
}

export async function rollback(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  await readEmptyBody(exchange);
  answerJson(exchange, 200, JSON.stringify(await platform.rollback(exchange.param("agent"), deedOf(exchange))));
}

export async function scaleAgent(exchange: Exchange): Promise<void> {
  const platform = platformOf(exchange);
  const { min_instances: min, max_instances: max } = (await readScaleBody(exchange)).value;
  const change = { ...(min === undefined ? {} : { min }), ...(max === undefined ? {} : { max }) };
  answerJson(exchange, 200, JSON.stringify(await platform.scale(exchange.param("agent"), change, deedOf(exchange))));
}

export async function deleteAgent(exchange: Exchange): Promise<void> {
  await platformOf(exchange).remove(exchange.param("agent"), deedOf(exchange));
  answerNothing(exchange);
}

export function listWorkers(exchange: Exchange): void {
  const platform = platformOf(exchange);
  const query = exchange.query(["agent", "all"]);
  const rows = platform.workers(query.get("agent") ?? null, flagOf(query, "all"));
  const items = rows.filter((one) => maySee(exchange.caller, one.agent));
  answerJson(exchange, 200, JSON.stringify({ items, next: null }));
}

function versionOf(text: string | undefined, name: string): string | null {
  if (text === undefined || /^v[1-9]\d{0,8}$/.test(text)) return text ?? null;
  throw new RunAgentError(
    "INVALID_REQUEST",
    `In the query: "${name}" is a version like \`v7\`, not ${JSON.stringify(text)}.`,
  );
}
