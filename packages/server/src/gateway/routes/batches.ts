/** `/v1/batches`: one run for each item. */
import { type Batch, type BatchRequest, type JsonText, jsonItems, type PointedError } from "@runagent/protocol";
import type { BatchEnvelope } from "@runagent/protocol/api";
import type { Exchange } from "../exchange.ts";
import { answerJson, type Headers } from "../http/answer.ts";
import { limitOf } from "../http/query.ts";
import { type Envelope, invalidBody, readBatchEnvelope, readCancelBody, readEmptyBody } from "../input/envelope.ts";
import { fingerprint } from "../input/fingerprint.ts";
import { invalidInput } from "../input/schema-check.ts";
import type { MadeBatch, Resolved } from "../ports.ts";
import { runPageText } from "../run-text.ts";
import { versionOf } from "./call-wishes.ts";
import { type KeyedCall, repeated } from "./repeated.ts";

export async function createBatch(exchange: Exchange): Promise<void> {
  const envelope = await readBatchEnvelope(exchange);
  const { value } = envelope;
  const most = exchange.context.limits.batch;
  if (value.items.length > most) throw invalidBody([{ pointer: "/items", detail: `at most ${most} items` }]);
  const { ports } = exchange.context;
  const keyed = keyedOf(exchange, envelope);
  const earlier = await repeated(exchange, keyed, ports.batches);
  if (earlier !== null) return answerMade(exchange, earlier);
  const resolved = await ports.agents.resolve(exchange.caller, keyed);
  checkItems(exchange, resolved, envelope);
  answerMade(exchange, ports.batches.start(requestOf(exchange, resolved, { ...keyed, envelope })));
}

interface KeyedBatch extends KeyedCall {
  readonly items: JsonText;
}

function keyedOf(exchange: Exchange, { value, members }: Envelope<BatchEnvelope>): KeyedBatch {
  const named = versionOf(value.agent);
  const items = members.get("items") ?? "[]";
  return {
    agent: named.agent,
    version: value.version ?? named.version,
    tag: value.tag ?? null,
    idempotencyKey: exchange.header("idempotency-key"),
    items,
    parts: [items, String(value.concurrency ?? null)],
  };
}

interface Asked extends KeyedBatch {
  readonly envelope: Envelope<BatchEnvelope>;
}

function requestOf(exchange: Exchange, resolved: Resolved, asked: Asked): BatchRequest {
  const { idempotencyKey: key, items, parts, envelope } = asked;
  const tag = resolved.entrypoint.tag;
  return {
    caller: exchange.caller,
    agent: resolved.agent,
    version: resolved.version,
    tag,
    items: jsonItems(items),
    concurrency: envelope.value.concurrency ?? null,
    idempotency: key === null ? null : { key, fingerprint: fingerprint(tag, parts) },
  };
}

/** One wrong item refuses the batch: nothing has run yet. Pointers lead to it through `items`. */
function checkItems(exchange: Exchange, { entrypoint }: Resolved, { value, text }: Envelope<BatchEnvelope>): void {
  const { checks, limits } = exchange.context;
  const errors: PointedError[] = [];
  for (const [index, item] of value.items.entries()) {
    const mistakes = checks.mistakes(entrypoint, item, text.length) ?? [];
    errors.push(...mistakes.map(({ pointer, detail }) => ({ pointer: `/items/${index}${pointer}`, detail })));
    if (errors.length >= limits.pointed_errors) break;
  }
  if (errors.length > 0) throw invalidInput(entrypoint.tag, errors.slice(0, limits.pointed_errors));
}

export function getBatch(exchange: Exchange): void {
  const batch = exchange.context.ports.batches.get(exchange.caller, exchange.param("id"));
  answerJson(exchange, 200, JSON.stringify(batch));
}

export function batchRuns(exchange: Exchange): void {
  const { ports, limits } = exchange.context;
  const query = exchange.query(["cursor", "limit"]);
  const limit = limitOf(query, limits.list_usual, limits.list);
  const page = ports.batches.runs(exchange.caller, exchange.param("id"), query.get("cursor") ?? null, limit);
  answerJson(exchange, 200, runPageText(page));
}

export async function cancelBatch(exchange: Exchange): Promise<void> {
  const { value } = await readCancelBody(exchange);
  const { batches } = exchange.context.ports;
  answerBatch(exchange, batches.cancel(exchange.caller, exchange.param("id"), value.reason ?? null));
}

export async function retryBatch(exchange: Exchange): Promise<void> {
  await readEmptyBody(exchange);
  const { agents, batches } = exchange.context.ports;
  const { agent, tag } = batches.get(exchange.caller, exchange.param("id"));
  await agents.resolve(exchange.caller, { agent, tag, version: null });
  answerBatch(exchange, batches.retry(exchange.caller, exchange.param("id")));
}

function answerMade(exchange: Exchange, { batch, replayed }: MadeBatch): void {
  answerBatch(exchange, batch, replayed ? ["Idempotent-Replayed", "true"] : []);
}

function answerBatch(exchange: Exchange, batch: Batch, headers: Headers = []): void {
  answerJson(exchange, 202, JSON.stringify(batch), ["Location", `/v1/batches/${batch.id}`, ...headers]);
}
