/** Routes of `runagent server` only: deployments, versions, workers. In `serve` they answer NOT_FOUND. */
import { DEPLOY_BODY, DIGESTS_BODY, EMPTY_BODY, SCALE_BODY } from "./bodies.ts";
import { CURSOR, get, json, LIMIT, post, type Route } from "./route.ts";

const STREAM = { "text/event-stream": "DeploymentEvent", "application/x-ndjson": "DeploymentEvent" } as const;
const LOG_STREAM = { "application/x-ndjson": "AgentLog", "text/event-stream": "AgentLog" } as const;
const KNOWN = ["INVALID_REQUEST", "AGENT_NOT_FOUND", "VERSION_NOT_FOUND"] as const;
const STARTS = [...KNOWN, "LOAD_FAILED", "NO_CAPACITY", "QUEUE_FULL"] as const;

export const DEPLOY_ROUTES = {
  missingBlobs: post("/v1/blobs/missing", {
    scope: "deploy",
    group: "Deploying",
    summary: "Ask which contents of a bundle are to be sent",
    body: DIGESTS_BODY,
    answers: { 200: json("MissingBlobs", "digests whose content is not here") },
    problems: ["INVALID_REQUEST"],
  }),
  putBlob: {
    method: "PUT",
    path: "/v1/blobs/{digest}",
    scope: "deploy",
    group: "Deploying",
    summary: "Send a content; the body is the content itself",
    answers: { 200: { about: "it was here already" }, 201: { about: "it is kept" } },
    problems: ["INVALID_REQUEST", "INPUT_TOO_LARGE", "INVALID_INPUT", "RATE_LIMITED", "STORAGE_FULL"],
  },
  createDeployment: post("/v1/agents/{agent}/deployments", {
    scope: "deploy",
    group: "Deploying",
    summary: "Put a new version in place, from files that were sent before",
    body: DEPLOY_BODY,
    answers: {
      200: { about: "its events, until it has ended", content: STREAM },
      202: json("Deployment", "it has begun, or waits for the one before it"),
    },
    problems: ["INVALID_REQUEST", "CONFLICT", "INPUT_TOO_LARGE", "QUEUE_FULL", "STORAGE_FULL", "DRAINING"],
  }),
  listDeployments: get("/v1/agents/{agent}/deployments", {
    scope: "deploy",
    group: "Deploying",
    summary: "List the deployments of an agent, newest first",
    query: [CURSOR, LIMIT],
    answers: { 200: json("DeploymentPage", "a page of deployments") },
    problems: ["INVALID_REQUEST"],
  }),
  getDeployment: get("/v1/deployments/{id}", {
    scope: "deploy",
    group: "Deploying",
    summary: "Read a deployment",
    answers: { 200: json("Deployment", "the deployment as it is") },
    problems: ["NOT_FOUND"],
  }),
  deploymentEvents: get("/v1/deployments/{id}/events", {
    scope: "deploy",
    group: "Deploying",
    summary: "Follow a deployment: its steps, what its build says, its end",
    answers: { 200: { about: "what was told so far, then the rest", content: STREAM } },
    problems: ["NOT_FOUND", "RATE_LIMITED"],
  }),
  cancelDeployment: post("/v1/deployments/{id}/cancel", {
    scope: "deploy",
    group: "Deploying",
    summary: "Ask a deployment to stop; nothing of it stays",
    body: EMPTY_BODY,
    answers: { 200: json("Deployment", "it had ended already"), 202: json("Deployment", "it was asked to stop") },
    problems: ["INVALID_REQUEST", "NOT_FOUND"],
  }),
  listVersions: get("/v1/agents/{agent}/versions", {
    scope: "read",
    group: "Deploying",
    summary: "List the versions of an agent, newest first",
    query: [CURSOR, LIMIT],
    answers: { 200: json("VersionPage", "a page of versions") },
    problems: ["INVALID_REQUEST", "AGENT_NOT_FOUND"],
  }),
  getVersion: get("/v1/agents/{agent}/versions/{version}", {
    scope: "read",
    group: "Deploying",
    summary: "Read what a version is made of",
    answers: { 200: json("VersionDetail", "the version") },
    problems: KNOWN,
  }),
  diffVersion: get("/v1/agents/{agent}/versions/{version}/diff", {
    scope: "read",
    group: "Deploying",
    summary: "Compare two versions: files, packages, config",
    query: [{ name: "against", about: "a version; left out: the one before" }],
    answers: { 200: json("VersionDiff", "what differs") },
    problems: KNOWN,
  }),
  promoteVersion: post("/v1/agents/{agent}/versions/{version}/promote", {
    scope: "deploy",
    group: "Deploying",
    summary: "Give the new runs to this version",
    body: EMPTY_BODY,
    answers: { 200: json("Version", "it is live") },
    problems: STARTS,
  }),
  rollback: post("/v1/agents/{agent}/rollback", {
    scope: "deploy",
    group: "Deploying",
    summary: "Give the new runs to the version that was live before",
    body: EMPTY_BODY,
    answers: { 200: json("Version", "the version that is live now") },
    problems: [...STARTS, "CONFLICT"],
  }),
  scaleAgent: {
    method: "PATCH",
    path: "/v1/agents/{agent}/scale",
    scope: "deploy",
    group: "Deploying",
    summary: "Bound the workers of an agent, over its config; null takes a bound away again",
    body: SCALE_BODY,
    answers: { 200: json("Scale", "the bounds that are laid over the config") },
    problems: ["INVALID_REQUEST", "AGENT_NOT_FOUND"],
  },
  deleteAgent: {
    method: "DELETE",
    path: "/v1/agents/{agent}",
    scope: "admin",
    group: "Deploying",
    summary: "Delete an agent with its versions; its runs end `cancelled` by `operator`",
    answers: { 204: { about: "it is gone" } },
    problems: ["AGENT_NOT_FOUND"],
  },
  agentLogs: get("/v1/agents/{agent}/logs", {
    scope: "read",
    group: "Deploying",
    summary: "Read what an agent printed, oldest first, or what its builds said",
    query: [
      { name: "follow", about: "`true`: go on with what comes" },
      { name: "since", about: "a time as in RFC 3339, or how long ago: `10m`" },
      { name: "run", about: "only of this run" },
      { name: "build", about: "of the build of this version, or of this deployment" },
    ],
    answers: { 200: { about: "one line a record", content: LOG_STREAM } },
    problems: ["INVALID_REQUEST", "AGENT_NOT_FOUND", "RATE_LIMITED"],
  }),
  listWorkers: get("/v1/workers", {
    scope: "read",
    group: "Deploying",
    summary: "List the processes that run agents",
    query: [
      { name: "agent", about: "only of this agent" },
      { name: "all", about: "`true`: sandboxes too" },
    ],
    answers: { 200: json("WorkerList", "the workers") },
    problems: ["INVALID_REQUEST"],
  }),
} as const satisfies Record<string, Route>;
