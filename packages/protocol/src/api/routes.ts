/**
 * The route table: the one source of routing, `405` with `Allow`, the query's parameters, the scopes, OpenAPI and the
 * docs page. A new route is a row here and a handler of the same name in the gateway.
 */
import type { ErrorCode } from "../errors.ts";
import { ACCESS_ROUTES } from "./access-routes.ts";
import { BATCH_ENVELOPE, CANCEL_BODY, EMPTY_BODY, FORK_BODY, RESUME_BODY, RUN_ENVELOPE } from "./bodies.ts";
import { DEPLOY_ROUTES } from "./deploy-routes.ts";
import { CURSOR, get, json, LIMIT, type Parameter, post, type Route, text } from "./route.ts";

export type { Answer, Method, Parameter, Route } from "./route.ts";

const CALL_HEADERS: readonly Parameter[] = [
  { name: "Prefer", about: "`respond-async`, `wait=20`, or both" },
  { name: "Idempotency-Key", about: "the same call again gets the same answer" },
  { name: "RunAgent-Session", about: "the session to run in" },
  { name: "RunAgent-User", about: "the user it is for" },
  { name: "RunAgent-Timeout", about: "decimal seconds, at most the config's `timeout`" },
  { name: "traceparent", about: "W3C trace context" },
];
const TYPES: Parameter = { name: "types", about: "comma list of event types, `log` too; the end is never hidden" };
const AFTER: Parameter = { name: "after", about: "number of the last event seen; `Last-Event-ID` wins" };
const STREAM = { "text/event-stream": "Event", "application/x-ndjson": "Event" } as const;

const CALL_ANSWERS = {
  200: {
    about: "the output, or the run's events",
    content: { "application/json": "Output", ...STREAM },
  },
  202: json("Run", "the run goes on, or waits for a person"),
} as const;
const CALL_PROBLEMS: readonly ErrorCode[] = [
  "INVALID_REQUEST",
  "FORBIDDEN",
  "AGENT_NOT_FOUND",
  "ENTRYPOINT_NOT_FOUND",
  "VERSION_NOT_FOUND",
  "RUN_CANCELLED",
  "SESSION_BUSY",
  "INPUT_TOO_LARGE",
  "INVALID_INPUT",
  "IDEMPOTENCY_KEY_REUSED",
  "QUEUE_FULL",
  "AGENT_ERROR",
  "WORKER_LOST",
  "LOAD_FAILED",
  "DEADLINE_EXCEEDED",
  "STORAGE_FULL",
];
const RUN_PROBLEMS: readonly ErrorCode[] = ["RUN_NOT_FOUND", "RUN_NOT_RECORDED"];

const call = (path: string, body: object | "input", summary: string) =>
  ({
    method: "POST",
    path,
    scope: "run",
    group: "Calling",
    summary,
    query: [TYPES],
    headers: CALL_HEADERS,
    body,
    answers: CALL_ANSWERS,
    problems: CALL_PROBLEMS,
  }) as const;

export const ROUTES = {
  run: call("/v1/run/{agent}", "input", "Run the agent's default entrypoint; the body is the input"),
  runTag: call("/v1/run/{agent}/{tag}", "input", "Run one entrypoint; the body is the input"),
  createRun: call("/v1/runs", RUN_ENVELOPE, "Run an entrypoint, with everything in the body"),
  listRuns: get("/v1/runs", {
    scope: "run",
    group: "Runs",
    summary: "List runs, newest first",
    query: [
      { name: "agent", about: "only of this agent" },
      { name: "status", about: "a status, or a comma list of them" },
      { name: "session", about: "only of this session" },
      { name: "batch", about: "only of this batch" },
      { name: "since", about: "created since: RFC 3339, or `10m`" },
      CURSOR,
      LIMIT,
    ],
    answers: { 200: json("RunPage", "a page of runs") },
    problems: ["INVALID_REQUEST"],
  }),
  getRun: get("/v1/runs/{id}", {
    scope: "run",
    group: "Runs",
    summary: "Read a run",
    answers: { 200: json("Run", "the run as it is") },
    problems: RUN_PROBLEMS,
  }),
  runEvents: get("/v1/runs/{id}/events", {
    scope: "run",
    group: "Runs",
    summary: "Replay and follow the events of a run",
    query: [AFTER, TYPES],
    headers: [{ name: "Last-Event-ID", about: "number of the last event seen" }],
    answers: {
      200: { about: "the events, until the run ends", content: STREAM },
      204: { about: "the run has ended and there is nothing after that event" },
    },
    problems: ["INVALID_REQUEST", ...RUN_PROBLEMS, "EVENTS_GONE", "RATE_LIMITED"],
  }),
  runLogs: get("/v1/runs/{id}/logs", {
    scope: "run",
    group: "Runs",
    summary: "Read what a run has logged",
    answers: { 200: { about: "one record a line", content: { "application/x-ndjson": "Log" } } },
    problems: RUN_PROBLEMS,
  }),
  cancelRun: post("/v1/runs/{id}/cancel", {
    scope: "run",
    group: "Runs",
    summary: "Ask a run to stop",
    body: CANCEL_BODY,
    answers: { 200: json("Run", "it had ended already"), 202: json("Run", "it was asked to stop") },
    problems: ["INVALID_REQUEST", ...RUN_PROBLEMS],
  }),
  retryRun: post("/v1/runs/{id}/retry", {
    scope: "run",
    group: "Runs",
    summary: "Run the same again, as a new run",
    body: EMPTY_BODY,
    answers: { 202: json("Run", "the new run") },
    problems: ["INVALID_REQUEST", ...RUN_PROBLEMS, "CONFLICT", "QUEUE_FULL", "LOAD_FAILED"],
  }),
  resumeRun: post("/v1/runs/{id}/resume", {
    scope: "run",
    group: "Runs",
    summary: "Answer what a waiting run asked",
    body: RESUME_BODY,
    answers: { 202: json("Run", "the run goes on") },
    problems: ["INVALID_REQUEST", ...RUN_PROBLEMS, "CONFLICT", "INVALID_INPUT"],
  }),
  createBatch: post("/v1/batches", {
    scope: "run",
    group: "Batches",
    summary: "Run an entrypoint once for each item",
    headers: [{ name: "Idempotency-Key", about: "the same call again makes no second batch" }],
    body: BATCH_ENVELOPE,
    answers: { 202: json("Batch", "the batch") },
    problems: [
      "INVALID_REQUEST",
      "AGENT_NOT_FOUND",
      "ENTRYPOINT_NOT_FOUND",
      "INVALID_INPUT",
      "IDEMPOTENCY_KEY_REUSED",
      "LOAD_FAILED",
    ],
  }),
  getBatch: get("/v1/batches/{id}", {
    scope: "run",
    group: "Batches",
    summary: "Read a batch",
    answers: { 200: json("Batch", "the batch as it is") },
    problems: ["BATCH_NOT_FOUND"],
  }),
  batchRuns: get("/v1/batches/{id}/runs", {
    scope: "run",
    group: "Batches",
    summary: "List the runs of a batch",
    query: [CURSOR, LIMIT],
    answers: { 200: json("RunPage", "a page of runs, with `index`") },
    problems: ["INVALID_REQUEST", "BATCH_NOT_FOUND"],
  }),
  cancelBatch: post("/v1/batches/{id}/cancel", {
    scope: "run",
    group: "Batches",
    summary: "Ask every run of a batch to stop",
    body: CANCEL_BODY,
    answers: { 202: json("Batch", "the batch as it is") },
    problems: ["INVALID_REQUEST", "BATCH_NOT_FOUND"],
  }),
  retryBatch: post("/v1/batches/{id}/retry", {
    scope: "run",
    group: "Batches",
    summary: "Run again what failed in a batch",
    body: EMPTY_BODY,
    answers: { 202: json("Batch", "the batch as it is") },
    problems: ["INVALID_REQUEST", "BATCH_NOT_FOUND", "CONFLICT", "LOAD_FAILED"],
  }),
  listAgents: get("/v1/agents", {
    scope: "run",
    group: "Agents",
    summary: "List the agents, with their entrypoints and schemas",
    answers: { 200: json("AgentList", "the agents") },
  }),
  getAgent: get("/v1/agents/{agent}", {
    scope: "run",
    group: "Agents",
    summary: "Read an agent",
    answers: { 200: json("Agent", "the agent") },
    problems: ["AGENT_NOT_FOUND", "LOAD_FAILED"],
  }),
  listEgress: get("/v1/agents/{agent}/egress", {
    scope: "read",
    group: "Agents",
    summary: "List what an agent reached from its sandbox, and what was refused",
    query: [CURSOR, LIMIT],
    answers: { 200: json("EgressPage", "a page of connections and refusals, newest first") },
    problems: ["INVALID_REQUEST", "AGENT_NOT_FOUND"],
  }),
  ...DEPLOY_ROUTES,
  listSessions: get("/v1/agents/{agent}/sessions", {
    scope: "run",
    group: "Sessions",
    summary: "List the sessions of an agent",
    query: [CURSOR, LIMIT],
    answers: { 200: json("SessionPage", "a page of sessions") },
    problems: ["INVALID_REQUEST", "AGENT_NOT_FOUND"],
  }),
  getSession: get("/v1/agents/{agent}/sessions/{id}", {
    scope: "run",
    group: "Sessions",
    summary: "Read a session and its state",
    answers: { 200: json("SessionState", "the session") },
    problems: ["NOT_FOUND"],
  }),
  deleteSession: {
    method: "DELETE",
    path: "/v1/agents/{agent}/sessions/{id}",
    scope: "run",
    group: "Sessions",
    summary: "Forget a session",
    answers: { 204: { about: "it is gone" } },
    problems: ["NOT_FOUND", "CONFLICT"],
  },
  forkSession: post("/v1/agents/{agent}/sessions/{id}/fork", {
    scope: "run",
    group: "Sessions",
    summary: "Begin a new session with the state of this one",
    body: FORK_BODY,
    answers: { 201: json("Session", "the new session") },
    problems: ["INVALID_REQUEST", "NOT_FOUND", "CONFLICT"],
  }),
  ...ACCESS_ROUTES,
  info: get("/v1/info", {
    scope: "any",
    group: "Server",
    summary: "What this server is, and what is degraded",
    answers: { 200: json("Info", "about the server") },
  }),
  healthz: get("/healthz", {
    scope: "open",
    group: "Server",
    summary: "Whether the server lives",
    answers: { 200: json("Health", "it does") },
  }),
  readyz: get("/readyz", {
    scope: "open",
    group: "Server",
    summary: "Whether calls are answered",
    answers: { 200: json("Health", "they are") },
    problems: ["LOAD_FAILED", "DRAINING"],
  }),
  metrics: get("/metrics", {
    scope: "read",
    group: "Server",
    summary: "Metrics for Prometheus",
    answers: { 200: text("text/plain", "the text format of Prometheus") },
  }),
  openapi: get("/openapi.json", {
    scope: "open",
    group: "Server",
    summary: "This description, as OpenAPI 3.1",
    answers: { 200: text("application/json", "OpenAPI 3.1") },
  }),
  home: get("/", {
    scope: "open",
    group: "Server",
    summary: "The playground: a page to run the agent and to look at its runs",
    answers: { 200: text("text/html", "the page"), 304: { about: "it is the one that the browser has" } },
  }),
  pageFile: get("/playground/{file}", {
    scope: "open",
    group: "Server",
    summary: "What the playground is made of",
    answers: { 200: { about: "a script or a style sheet" }, 304: { about: "it is the one that the browser has" } },
    problems: ["NOT_FOUND"],
  }),
  pageState: get("/playground/state", {
    scope: "run",
    group: "Server",
    summary: "Follow what is served: sent at once, then after every load",
    answers: { 200: text("text/event-stream", "events `state` with `{ready, problem, agents, version}`") },
    problems: ["RATE_LIMITED"],
  }),
  docs: get("/docs", {
    scope: "open",
    group: "Server",
    summary: "This description, for people",
    answers: { 200: text("text/html", "a page") },
  }),
} as const satisfies Record<string, Route>;

export type RouteId = keyof typeof ROUTES;
