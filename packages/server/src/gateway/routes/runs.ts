/** `/v1/runs`: the full form of a call, and what became of runs. */
import {
  type JsonText,
  type LogRecord,
  RUN_STATUSES,
  RunAgentError,
  type RunFilter,
  type RunStatus,
} from "@runagent/protocol";
import type { RunEnvelope } from "@runagent/protocol/api";
import type { Exchange } from "../exchange.ts";
import { answer, answerJson } from "../http/answer.ts";
import { NO_PREFERENCE } from "../http/prefer.ts";
import { limitOf, type Query, sinceOf } from "../http/query.ts";
import {
  type Envelope,
  invalidBody,
  readCancelBody,
  readEmptyBody,
  readResumeBody,
  readRunEnvelope,
} from "../input/envelope.ts";
import { runPageText, runText } from "../run-text.ts";
import { type Call, makeCall } from "./call.ts";
import { checkActAs, type HeaderWishes, headerWishes, versionOf } from "./call-wishes.ts";
import { answerRun } from "./deliver.ts";

export async function createRun(exchange: Exchange): Promise<void> {
  const wishes = headerWishes(exchange);
  const envelope = await readRunEnvelope(exchange);
  if (typeof envelope.value.user === "string") checkActAs(exchange);
  refuseUnbuilt(envelope.value);
  await makeCall(exchange, callOf(wishes, envelope));
}

/** The body wins over the headers. */
function callOf(wishes: HeaderWishes, { value, members }: Envelope<RunEnvelope>): Call {
  const named = versionOf(value.agent);
  const text = members.get("input") ?? "{}";
  const timeout = value.timeout ?? null;
  return {
    ...wishes,
    agent: named.agent,
    version: value.version ?? named.version,
    tag: value.tag ?? null,
    input: { text, value: members.has("input") ? value.input : {}, size: text.length },
    session: value.session ?? wishes.session,
    user: value.user ?? wishes.user,
    timeoutMs: timeout === null ? wishes.timeoutMs : Math.max(1, Math.round(timeout * 1000)),
    timeoutPlace: timeout === null ? "header" : "body",
    background: value.background ?? false,
    metadata: value.metadata == null ? "{}" : (members.get("metadata") ?? "{}"),
    rest: restOf(members),
  };
}

/** Members beside those that the short form has too: a change in them is another body. */
function restOf(members: ReadonlyMap<string, JsonText>): JsonText {
  const rest = [...members].filter(([name, text]) => !SHORT.has(name) && text !== "null");
  return `{${rest.map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
}

const SHORT: ReadonlySet<string> = new Set(["agent", "tag", "input", "background"]);

function refuseUnbuilt(value: RunEnvelope): void {
  const given = (["start_at", "webhook"] as const).filter((name) => value[name] != null);
  if (given.length === 0) return;
  throw invalidBody(given.map((name) => ({ pointer: `/${name}`, detail: "this server does not have it yet" })));
}

export function listRuns(exchange: Exchange): void {
  const query = exchange.query(["agent", "status", "session", "batch", "since", "cursor", "limit"]);
  const page = exchange.context.ports.runs.list(exchange.caller, filterOf(exchange, query));
  answerJson(exchange, 200, runPageText(page));
}

function filterOf(exchange: Exchange, query: Query): RunFilter {
  const { limits } = exchange.context;
  return {
    agent: query.get("agent") ?? null,
    statuses: statusesOf(query.get("status")),
    session: query.get("session") ?? null,
    batch: query.get("batch") ?? null,
    sinceMs: sinceOf(query, exchange.startedAt),
    cursor: query.get("cursor") ?? null,
    limit: limitOf(query, limits.list_usual, limits.list),
  };
}

function statusesOf(text: string | undefined): readonly RunStatus[] | null {
  if (text === undefined) return null;
  return text.split(",").map((name) => {
    const status = RUN_STATUSES.find((one) => one === name.trim());
    if (status !== undefined) return status;
    const detail = `In the query: "status" has ${JSON.stringify(name)}; known: ${RUN_STATUSES.join(", ")}.`;
    throw new RunAgentError("INVALID_REQUEST", detail);
  });
}

export function getRun(exchange: Exchange): void {
  const handle = exchange.context.ports.runs.get(exchange.caller, exchange.param("id"));
  answerJson(exchange, 200, runText(handle.record()));
}

export function runLogs(exchange: Exchange): void {
  const records = exchange.context.ports.runs.logs(exchange.caller, exchange.param("id"));
  const line = (record: LogRecord): string => `${JSON.stringify(record)}\n`;
  answer(exchange, 200, { type: "application/x-ndjson", body: records.map(line).join("") });
}

export async function cancelRun(exchange: Exchange): Promise<void> {
  const { value } = await readCancelBody(exchange);
  const { runs } = exchange.context.ports;
  const { record, ended } = runs.cancel(exchange.caller, exchange.param("id"), "caller", value.reason ?? null);
  answerJson(exchange, ended ? 200 : 202, runText(record));
}

export async function retryRun(exchange: Exchange): Promise<void> {
  await readEmptyBody(exchange);
  const { agents, runs } = exchange.context.ports;
  const { agent, tag } = runs.get(exchange.caller, exchange.param("id")).record();
  // As a call: it waits for a load in progress, and is refused when the agent does not load.
  await agents.resolve(exchange.caller, { agent, tag, version: null });
  const handle = runs.retry(exchange.caller, exchange.param("id"));
  exchange.runId = handle.id;
  answerRun(exchange, handle, NO_PREFERENCE);
}

export async function resumeRun(exchange: Exchange): Promise<void> {
  const { members } = await readResumeBody(exchange);
  const value = members.get("value") ?? "null";
  const handle = exchange.context.ports.runs.resume(exchange.caller, exchange.param("id"), value);
  exchange.runId = handle.id;
  answerRun(exchange, handle, NO_PREFERENCE);
}
