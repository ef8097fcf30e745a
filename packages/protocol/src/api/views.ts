/** What the API answers with, as JSON Schema 2020-12, for the OpenAPI description. Types stand in `../run.ts` and `../errors.ts`. */

import { SCOPES } from "../access.ts";
import { EGRESS_RESULTS } from "../egress.ts";
import { ERRORS } from "../errors.ts";
import { END_TYPES, EVENT_TYPES } from "../events.ts";
import { CANCELLED_BY, RUN_STATUSES } from "../run.ts";
import { DEPLOY_VIEWS } from "./deploy-views.ts";
import { any, count, nullable, object, page, ref, string, time } from "./schemas.ts";

/** What only some codes say of themselves: extension members, as RFC 9457 §3.2 has them. */
const SAID_OF_SOME = {
  suggestion: { ...string, description: "what was perhaps meant" },
  scope: { ...string, description: "of FORBIDDEN: what the key lacks" },
  limit: { type: ["string", "integer"], description: "of RATE_LIMITED whose it is, of QUEUE_FULL how many may wait" },
  retry_after: { type: "number", description: "seconds, as `Retry-After`" },
  by: { type: "string", enum: CANCELLED_BY, description: "of RUN_CANCELLED" },
  reason: { ...nullable, description: "of RUN_CANCELLED" },
  exception: { ...string, description: "of AGENT_ERROR: its class" },
  exit_code: { type: ["integer", "null"], description: "of WORKER_LOST" },
  signal: { ...nullable, description: "of WORKER_LOST" },
  limit_bytes: { ...count, description: "of OUT_OF_MEMORY and what is too large" },
  peak_bytes: { ...count, description: "of OUT_OF_MEMORY" },
} as const;

const Problem = object(
  {
    type: { type: "string", format: "uri" },
    title: string,
    status: { type: "integer" },
    detail: string,
    code: { type: "string", enum: Object.keys(ERRORS) },
    origin: { type: "string", enum: ["caller", "agent", "platform"] },
    retryable: { type: "boolean" },
    hint: string,
    run_id: string,
    errors: { type: "array", items: object({ pointer: string, detail: string }) },
    traceback: string,
    ...SAID_OF_SOME,
  },
  ["run_id", "errors", "traceback", ...Object.keys(SAID_OF_SOME)],
);

const Run = object(
  {
    id: { type: "string", pattern: "^run_" },
    agent: string,
    version: string,
    tag: string,
    status: { type: "string", enum: RUN_STATUSES },
    input: any,
    output: any,
    error: { anyOf: [ref("Problem"), { type: "null" }] },
    session: nullable,
    user: nullable,
    attempt: count,
    metadata: { type: "object" },
    durable: { type: "boolean" },
    created_at: time,
    started_at: nullable,
    ended_at: nullable,
    usage: object({
      duration_ms: { type: "number" },
      input_tokens: { type: ["integer", "null"] },
      output_tokens: { type: ["integer", "null"] },
    }),
    last_event: { ...count, description: "number of the newest event" },
    retry_of: string,
    batch: string,
    index: count,
    cancelled: object({ by: { type: "string", enum: CANCELLED_BY }, reason: nullable }),
    waiting: object({ interrupts: { type: "array", items: object({ id: string, question: any, schema: any }) } }),
  },
  ["retry_of", "batch", "index", "cancelled", "waiting"],
);

const Batch = object({
  id: { type: "string", pattern: "^bat_" },
  agent: string,
  tag: string,
  status: { type: "string", enum: ["running", "ended", "cancelled"] },
  counts: object({ queued: count, running: count, succeeded: count, failed: count, cancelled: count }),
  total: count,
  created_at: time,
});

const Agent = object({
  name: { type: "string", description: "its name in URLs" },
  title: { type: "string", description: "its name as the config says it" },
  version: string,
  default: { type: "string", description: "the tag that is run when none is named" },
  entrypoints: {
    type: "array",
    items: object({
      tag: string,
      type: string,
      input: { type: "string", enum: ["object", "args", "chat"] },
      input_schema: { description: "JSON Schema of the body" },
      output_schema: { description: "JSON Schema of the output, or null" },
      streams: { type: "boolean" },
    }),
  },
});

const sessionMembers = { id: string, agent: string, user: nullable, created_at: time, updated_at: time, runs: count };

const Egress = object({
  agent: string,
  version: string,
  run: { ...nullable, description: "the run that did it, where there was but one" },
  at: time,
  host: string,
  port: { type: ["integer", "null"], description: "null: only its name was asked for" },
  result: { type: "string", enum: EGRESS_RESULTS },
  reason: nullable,
  bytes_sent: count,
  bytes_received: count,
  duration_ms: { type: ["integer", "null"] },
  count: { ...count, description: "how often, of a refusal" },
});

const scopes = { type: "array", items: { type: "string", enum: SCOPES } } as const;
const key = {
  id: { type: "string", pattern: "^key_" },
  scopes,
  agents: { type: ["array", "null"], items: string, description: "null: every agent" },
  created_at: time,
  expires_at: nullable,
  rate: { type: ["number", "null"], description: "calls in a second" },
  concurrency: { type: ["integer", "null"], description: "runs at a time" },
} as const;

export const VIEWS = {
  Problem,
  Run,
  RunPage: page("Run"),
  Batch,
  Agent,
  AgentList: object({ items: { type: "array", items: ref("Agent") }, next: { type: "null" } }),
  Session: object(sessionMembers),
  SessionPage: page("Session"),
  EgressPage: page("Egress"),
  Egress,
  SessionState: object({ ...sessionMembers, state: any }),
  Event: object({
    n: { type: ["integer", "null"], description: "null: a log record, which has no number" },
    type: { type: "string", enum: [...EVENT_TYPES, "log"], description: `a stream ends with ${END_TYPES.join(", ")}` },
    data: any,
  }),
  Log: object({
    at: time,
    level: { type: "string", enum: ["debug", "info", "warning", "error"] },
    stream: { type: "string", enum: ["stdout", "stderr", "logging"] },
    message: string,
  }),
  Output: { description: "what the entrypoint returned; of a stream `{chunks, output}`" },
  Key: object(key),
  NewKey: object({ ...key, key: string }),
  KeyList: object({ items: { type: "array", items: ref("Key") }, next: { type: "null" } }),
  Secret: object({ name: string, version: count, set_at: time }),
  SecretList: object({ items: { type: "array", items: ref("Secret") }, next: { type: "null" } }),
  AuditEntry: object({
    n: count,
    at: time,
    by: { ...nullable, description: "a key's id; null: the server, or who started it" },
    address: nullable,
    action: string,
    target: nullable,
    detail: nullable,
  }),
  AuditPage: page("AuditEntry"),
  Info: object({
    version: string,
    api: string,
    min_cli: string,
    isolation: string,
    degraded: { type: "array", items: string },
    mapped_hosts: { type: "array", items: string },
  }),
  Health: object({ status: string }),
  ...DEPLOY_VIEWS,
} as const;

export type ViewName = keyof typeof VIEWS;
