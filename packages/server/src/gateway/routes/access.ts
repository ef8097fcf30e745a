/** `/v1/login`, `/v1/whoami`, `/v1/keys`, `/v1/agents/{agent}/secrets`, `/v1/audit`. `serve` has none of them. */
import { RunAgentError } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import { answerJson, answerNothing } from "../http/answer.ts";
import { limitOf } from "../http/query.ts";
import { readKeyBody, readLoginBody, readSecretBody } from "../input/envelope.ts";
import type { Access, Deed } from "../ports.ts";

export async function login(exchange: Exchange): Promise<void> {
  const access = accessOf(exchange);
  const { value } = await readLoginBody(exchange);
  answerJson(exchange, 201, JSON.stringify(await access.login(value.code, exchange.address)), NOT_KEPT);
}

export function whoami(exchange: Exchange): void {
  const { keyId } = exchange.caller ?? {};
  const key = accessOf(exchange)
    .keys.list()
    .find((one) => one.id === keyId);
  if (key === undefined) throw new RunAgentError("NOT_FOUND", "The key is gone.");
  answerJson(exchange, 200, JSON.stringify(key), NOT_KEPT);
}

export function listKeys(exchange: Exchange): void {
  answerList(exchange, accessOf(exchange).keys.list());
}

export async function createKey(exchange: Exchange): Promise<void> {
  const access = accessOf(exchange);
  const { value } = await readKeyBody(exchange);
  const wish = {
    scopes: value.scopes ?? (["run"] as const),
    agents: value.agents ?? null,
    expiresInMs: typeof value.expires_in === "number" ? value.expires_in * 1000 : null,
    rate: value.rate ?? null,
    concurrency: value.concurrency ?? null,
  };
  answerJson(exchange, 201, JSON.stringify(await access.keys.create(wish, deedOf(exchange))), NOT_KEPT);
}

export async function revokeKey(exchange: Exchange): Promise<void> {
  exchange.forget?.(); // it may be this call's own key: the answer still goes out
  await accessOf(exchange).keys.revoke(exchange.param("id"), deedOf(exchange));
  answerNothing(exchange);
}

export function listSecrets(exchange: Exchange): void {
  answerList(exchange, accessOf(exchange).secrets.list(exchange.param("agent")));
}

export async function setSecret(exchange: Exchange): Promise<void> {
  const access = accessOf(exchange);
  const { value } = await readSecretBody(exchange);
  const secret = { agent: exchange.param("agent"), name: exchange.param("name"), value: value.value };
  answerJson(exchange, 200, JSON.stringify(await access.secrets.set(secret, deedOf(exchange))));
}

export async function unsetSecret(exchange: Exchange): Promise<void> {
  const secret = { agent: exchange.param("agent"), name: exchange.param("name") };
  await accessOf(exchange).secrets.unset(secret, deedOf(exchange));
  answerNothing(exchange);
}

export function listAudit(exchange: Exchange): void {
  const { limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const cursor = query.get("cursor") ?? null;
  if (cursor !== null && !/^\d{1,15}$/.test(cursor)) {
    throw new RunAgentError("INVALID_REQUEST", "`cursor` is not one that a page gave.");
  }
  const limit = limitOf(query, limits.list_usual, limits.list);
  answerJson(exchange, 200, JSON.stringify(accessOf(exchange).audit(cursor, limit)), NOT_KEPT);
}

const NOT_KEPT = ["Cache-Control", "no-store"];

function answerList(exchange: Exchange, items: readonly unknown[]): void {
  answerJson(exchange, 200, JSON.stringify({ items, next: null }), NOT_KEPT);
}

function accessOf(exchange: Exchange): Access {
  const { access } = exchange.context.ports;
  if (access !== undefined) return access;
  throw new RunAgentError("NOT_FOUND", `There is nothing at ${exchange.path}: \`runagent serve\` has no keys.`);
}

/** Who does it, for the audit log. */
export const deedOf = ({ caller, address }: Exchange): Deed => ({ caller, address });
