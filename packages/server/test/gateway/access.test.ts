/** The scope matrix, whole: every route of the table, with every scope, for an own agent and for another's. */
import { DEFAULT_LIMITS, type KeyWish, SCOPES } from "@runagent/protocol";
import { ROUTES, type Route } from "@runagent/protocol/api";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { openAccess } from "../../src/control/access/access.ts";
import { createMemoryStore } from "../../src/engine/index.ts";
import { createGateway } from "../../src/gateway/index.ts";
import { systemClock } from "../../src/scheduler/clock.ts";
import { FakeWorld } from "./fake-ports.ts";
import { problemIn } from "./serving.ts";

const NOBODY = { caller: null, address: null };
const WISH: KeyWish = { scopes: ["run"], agents: null, expiresInMs: null, rate: null, concurrency: null };
const rows = Object.entries(ROUTES).map(([id, route]): [string, Route] => [id, route]);

async function open() {
  const store = createMemoryStore({ limits: DEFAULT_LIMITS, clock: systemClock });
  const access = await openAccess({
    ...{ records: store, logs: store, masterKey: "master", limits: DEFAULT_LIMITS },
    now: () => Date.now(),
  });
  const gateway = createGateway(
    { host: "127.0.0.1", port: 0, hosts: [], anyHost: true },
    { ...new FakeWorld().ports(), access },
  );
  return { access, gateway, ...(await gateway.listen()) };
}

/** The answer's status, and its problem's code; the rest of it is not waited for. */
async function ask(url: string, route: Route, key: string | null, agent = "support") {
  const path = route.path.replace("{agent}", agent).replace(/\{\w+\}/g, "x");
  const leaving = new AbortController();
  const response = await fetch(url + path, {
    method: route.method,
    signal: leaving.signal,
    headers: key === null ? {} : { Authorization: `Bearer ${key}` },
    ...(route.method === "GET" ? {} : { body: "[]" }), // of the wrong shape: nothing is done
  });
  const isProblem = response.headers.get("content-type") === "application/problem+json";
  const code = isProblem ? (await problemIn(response)).code : null;
  leaving.abort();
  return { status: response.status, code };
}

describe("every route", () => {
  let server: Awaited<ReturnType<typeof open>>;
  const keys = new Map<string, string>();
  beforeAll(async () => {
    server = await open();
    for (const scope of SCOPES)
      keys.set(scope, (await server.access.keys.create({ ...WISH, scopes: [scope] }, NOBODY)).key);
    return () => server.gateway.close(0);
  });

  test.each(rows)("%s names who may call it, and wants a key unless it is open", async (_id, route) => {
    expect(["open", "any", ...SCOPES]).toContain(route.scope);
    const { status } = await ask(server.url, route, null);
    if (route.scope === "open") expect(status).not.toBe(401);
    else expect(status).toBe(401);
  });

  test.each(
    rows
      .filter(([, route]) => route.scope !== "open")
      .flatMap(([id, route]) => SCOPES.map((scope) => ({ id, scope, route }))),
  )("$id with a key of scope $scope", async ({ scope, route }) => {
    const reads = route.scope === "run" && route.method === "GET" && scope === "read";
    const may = route.scope === "any" || route.scope === scope || reads;
    const { status, code } = await ask(server.url, route, keys.get(scope) ?? "");
    if (may) expect([401, 403]).not.toContain(status);
    else expect({ status, code }).toEqual({ status: 403, code: "FORBIDDEN" });
  });

  test.each(rows.filter(([, route]) => route.path.includes("{agent}")))(
    "%s of another agent is not there for a key of one agent",
    async (_id, route) => {
      const { key } = await server.access.keys.create({ ...WISH, scopes: SCOPES, agents: ["mine"] }, NOBODY);
      expect(await ask(server.url, route, key, "other")).toEqual({ status: 404, code: "AGENT_NOT_FOUND" });
      expect(await ask(server.url, route, key, "other@v7")).toEqual({ status: 404, code: "AGENT_NOT_FOUND" });
    },
  );
});

test("an admin's key for some agents looks after no keys and reads no audit log: it would be one for all", async () => {
  const { access, url } = await opened();
  const { key } = await access.keys.create({ ...WISH, scopes: ["admin"], agents: ["mine"] }, NOBODY);
  for (const [id, route] of rows) {
    if (route.scope !== "admin" || route.path.includes("{agent}")) continue;
    expect([id, await ask(url, route, key)]).toEqual([id, { status: 403, code: "FORBIDDEN" }]);
  }
});

const bearer = (key: string) => ({ Authorization: `Bearer ${key}` });

async function opened() {
  const server = await open();
  onTestFinished(() => server.gateway.close(0));
  return server;
}

test("a key that is none says so, and what it said is not repeated", async () => {
  const { url } = await opened();
  for (const said of ["Bearer ra_wrong-wrong-wrong", "Basic dTpw", "Bearer", "ra_wrong-wrong-wrong"]) {
    const response = await fetch(`${url}/v1/agents`, { headers: { Authorization: said } });
    const text = await response.text();
    expect(response.status).toBe(401);
    expect(text).not.toContain("wrong-wrong");
  }
});

test("the login code becomes an admin's key, which makes keys; a key in the address is none", async () => {
  const { access, url } = await opened();
  const code = access.loginCode(false);
  const login = await fetch(`${url}/v1/login`, { method: "POST", body: JSON.stringify({ code }) });
  expect(login.status).toBe(201);
  const { key } = await login.json();
  expect((await fetch(`${url}/v1/keys?key=${key}`)).status).toBe(401);
  const made = await fetch(`${url}/v1/keys`, {
    method: "POST",
    headers: bearer(key),
    body: JSON.stringify({ scopes: ["read"], agents: ["support"], rate: 5, expires_in: 3600 }),
  });
  expect(made.status).toBe(201);
  const view = await made.json();
  expect(view).toMatchObject({ scopes: ["read"], agents: ["support"], rate: 5, key: expect.stringMatching(/^ra_/) });
  const me = await fetch(`${url}/v1/whoami`, { headers: bearer(view.key) });
  expect(me.headers.get("ratelimit-policy")).toBe('"calls";q=5;w=1');
  const nobody = await fetch(`${url}/v1/whoami`);
  expect(nobody.status).toBe(401);
  expect(nobody.headers.get("www-authenticate")).toBe("Bearer");
  expect(await me.json()).not.toHaveProperty("key");
  const list = await (await fetch(`${url}/v1/keys`, { headers: bearer(key) })).text();
  expect(list).not.toMatch(/ra_|hash/);
});

test("a limited key is told what is left of it by streams and refusals too", async () => {
  const { access, url } = await opened();
  const { key } = await access.keys.create({ ...WISH, rate: 1, concurrency: null }, NOBODY);
  const open = await fetch(`${url}/playground/state`, { headers: bearer(key) });
  const refused = await fetch(`${url}/v1/whoami`, { headers: bearer(key) });
  await open.body?.cancel();
  expect([open.status, refused.status]).toEqual([200, 429]);
  for (const { headers } of [open, refused]) {
    expect(headers.get("ratelimit-policy")).toBe('"calls";q=1;w=1');
    expect(headers.get("ratelimit")).toBe('"calls";r=0;t=1');
  }
  expect(refused.headers.get("retry-after")).toBe("1");
});

test("the description says which scope a route needs", async () => {
  const { url } = await opened();
  const described = await (await fetch(`${url}/openapi.json`)).json();
  expect(described.components.securitySchemes.key).toMatchObject({ type: "http", scheme: "bearer" });
  expect(described.paths["/v1/runs"].get.security).toEqual([{ key: ["run"] }]);
  expect(described.paths["/v1/info"].get.security).toEqual([{ key: [] }]);
  expect(described.paths["/healthz"].get.security).toEqual([]);
});

test("a revoked key's open stream ends at once, others go on", async () => {
  const { access, gateway, url } = await opened();
  const [revoked, kept] = await Promise.all([access.keys.create(WISH, NOBODY), access.keys.create(WISH, NOBODY)]);
  const streams = await Promise.all(
    [revoked, kept].map(({ key }) => fetch(`${url}/playground/state`, { headers: bearer(key) })),
  );
  const [ended, going] = streams.map((one) => new Response(one.body).text());
  await access.keys.revoke(revoked.id, NOBODY);
  await expect(ended).rejects.toThrow();
  expect((await fetch(`${url}/v1/agents`, { headers: bearer(revoked.key) })).status).toBe(401);
  expect((await fetch(`${url}/v1/agents`, { headers: bearer(kept.key) })).status).toBe(200);
  await gateway.close(0);
  expect(await going).toContain("event: state");
});

test("an open stream ends when its key expires, others go on", async () => {
  const { access, gateway, url } = await opened();
  const keys = await Promise.all(
    [2000, 600_000].map((expiresInMs) => access.keys.create({ ...WISH, expiresInMs }, NOBODY)),
  );
  const streams = await Promise.all(keys.map(({ key }) => fetch(`${url}/playground/state`, { headers: bearer(key) })));
  expect(streams.map((one) => one.status)).toEqual([200, 200]);
  const [ended, going] = streams.map((one) => new Response(one.body).text());
  await expect(ended).rejects.toThrow();
  const after = await Promise.all(keys.map(({ key }) => fetch(`${url}/v1/agents`, { headers: bearer(key) })));
  expect(after.map((one) => one.status)).toEqual([401, 200]);
  await gateway.close(0);
  expect(await going).toContain("event: state");
});

test("a secret's value is never in an answer", async () => {
  const { access, url } = await opened();
  const { key } = await access.keys.create({ ...WISH, scopes: ["deploy", "admin"] }, NOBODY);
  const path = `${url}/v1/agents/support/secrets`;
  const body = JSON.stringify({ value: "sk-never-shown" });
  const set = await fetch(`${path}/API_KEY`, { method: "PUT", headers: bearer(key), body });
  expect(await set.json()).toMatchObject({ name: "API_KEY", version: 1 });
  const wrong = await fetch(`${path}/API_KEY`, {
    method: "PUT",
    headers: bearer(key),
    body: `{"value":"sk-never-shown"`,
  });
  expect(wrong.status).toBe(400);
  const all = await Promise.all([
    wrong.text(),
    fetch(path, { headers: bearer(key) }).then((one) => one.text()),
    fetch(`${url}/v1/audit`, { headers: bearer(key) }).then((one) => one.text()),
  ]);
  expect(all.join("")).toContain("secret.set");
  expect(all.join("")).not.toContain("never-shown");
  expect((await fetch(`${path}/API_KEY`, { method: "DELETE", headers: bearer(key) })).status).toBe(204);
});

test("a page of another origin may not call, one of the same may", async () => {
  const { access, url } = await opened();
  const { key } = await access.keys.create(WISH, NOBODY);
  const from = (Origin: string) => fetch(`${url}/v1/agents`, { headers: { ...bearer(key), Origin } });
  expect((await from("https://evil.example")).status).toBe(403);
  expect((await from("null")).status).toBe(403);
  expect((await from(url)).status).toBe(200);
});
