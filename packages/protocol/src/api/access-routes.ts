/** Routes of `runagent server` only: login, keys, secrets, the audit log. In `serve` they answer NOT_FOUND. */
import { KEY_BODY, LOGIN_BODY, SECRET_BODY } from "./bodies.ts";
import { CURSOR, get, json, LIMIT, post, type Route } from "./route.ts";

export const ACCESS_ROUTES = {
  login: post("/v1/login", {
    scope: "open",
    group: "Access",
    summary: "Exchange the one-time login code for an admin's key",
    body: LOGIN_BODY,
    answers: { 201: json("NewKey", "the key, the only time it is shown") },
    problems: ["INVALID_REQUEST", "UNAUTHENTICATED", "NOT_FOUND"],
  }),
  whoami: get("/v1/whoami", {
    scope: "any",
    group: "Access",
    summary: "Read what the key that calls may do",
    answers: { 200: json("Key", "the key, without its secret part") },
    problems: ["NOT_FOUND"],
  }),
  listKeys: get("/v1/keys", {
    scope: "admin",
    group: "Access",
    summary: "List the API keys",
    answers: { 200: json("KeyList", "the keys, without their secret parts") },
    problems: ["NOT_FOUND"],
  }),
  createKey: post("/v1/keys", {
    scope: "admin",
    group: "Access",
    summary: "Make an API key",
    body: KEY_BODY,
    answers: { 201: json("NewKey", "the key, the only time it is shown") },
    problems: ["INVALID_REQUEST", "CONFLICT", "NOT_FOUND"],
  }),
  revokeKey: {
    method: "DELETE",
    path: "/v1/keys/{id}",
    scope: "admin",
    group: "Access",
    summary: "Revoke an API key; its open streams end",
    answers: { 204: { about: "it is refused from now on" } },
    problems: ["NOT_FOUND"],
  },
  listSecrets: get("/v1/agents/{agent}/secrets", {
    scope: "deploy",
    group: "Access",
    summary: "List the names of an agent's secrets",
    answers: { 200: json("SecretList", "names and versions, never values") },
    problems: ["NOT_FOUND", "AGENT_NOT_FOUND"],
  }),
  setSecret: {
    method: "PUT",
    path: "/v1/agents/{agent}/secrets/{name}",
    scope: "deploy",
    group: "Access",
    summary: "Set a secret of an agent, also before its first deploy",
    body: SECRET_BODY,
    answers: { 200: json("Secret", "its name and version") },
    problems: ["INVALID_REQUEST", "INPUT_TOO_LARGE", "CONFLICT", "NOT_FOUND", "AGENT_NOT_FOUND"],
  },
  unsetSecret: {
    method: "DELETE",
    path: "/v1/agents/{agent}/secrets/{name}",
    scope: "deploy",
    group: "Access",
    summary: "Delete a secret of an agent",
    answers: { 204: { about: "it is gone" } },
    problems: ["NOT_FOUND", "AGENT_NOT_FOUND"],
  },
  listAudit: get("/v1/audit", {
    scope: "admin",
    group: "Access",
    summary: "List who did what, newest first",
    query: [CURSOR, LIMIT],
    answers: { 200: json("AuditPage", "a page of the audit log") },
    problems: ["INVALID_REQUEST", "NOT_FOUND"],
  }),
} as const satisfies Record<string, Route>;
