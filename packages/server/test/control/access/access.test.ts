import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DEFAULT_LIMITS, type KeyWish } from "@runagent/protocol";
import { expect, test } from "vitest";
import { openAccess } from "../../../src/control/access/access.ts";
import { ownMasterKey } from "../../../src/control/access/vault.ts";
import { createMemoryStore } from "../../../src/engine/index.ts";
import type { Store } from "../../../src/engine/ports.ts";
import { ManualClock } from "../../manual-clock.ts";

const clock = new ManualClock();
const newStore = (): Store => createMemoryStore({ limits: DEFAULT_LIMITS, clock });
const open = (store: Store, masterKey = "master") =>
  openAccess({ records: store, logs: store, masterKey, limits: DEFAULT_LIMITS, now: () => clock.now() });

const WISH: KeyWish = { scopes: ["run"], agents: null, expiresInMs: null, rate: null, concurrency: null };
const NOBODY = { caller: null, address: null };

async function everything(store: Store): Promise<string> {
  const parts = (await store.list("")).map(({ key, value }) => `${key} ${value}`);
  for await (const { data } of store.read("default/audit", 0, { follow: false, signal: new AbortController().signal }))
    parts.push(data);
  return parts.join("\n");
}

test("a key calls until it is revoked or its time is over, also after a restart, and stands nowhere", async () => {
  const store = newStore();
  const first = await open(store);
  const lasting = await first.keys.create(WISH, NOBODY);
  const short = await first.keys.create({ ...WISH, expiresInMs: 60_000 }, NOBODY);
  const again = await open(store);
  expect(again.find(lasting.key)).toMatchObject({ id: lasting.id, scopes: ["run"] });
  expect(again.find(short.key)?.id).toBe(short.id);
  expect(again.find(`${lasting.key.slice(0, -1)}_`)).toBeNull();
  await clock.advance(60_000);
  expect(again.find(short.key)).toBeNull();
  await again.keys.revoke(lasting.id, NOBODY);
  expect(again.find(lasting.key)).toBeNull();
  expect((await open(store)).find(lasting.key)).toBeNull();
  await expect(again.keys.revoke(lasting.id, NOBODY)).rejects.toMatchObject({ code: "NOT_FOUND" });
  expect(await everything(store)).not.toContain(lasting.key.slice(3));
});

test("a login code works once, for ten minutes, and is void after five wrong tries for whoever tried", async () => {
  const access = await open(newStore());
  const used = access.loginCode(false) ?? "";
  const owner = await access.login(used.toLowerCase().replace("-", " "), "127.0.0.1");
  expect(access.find(owner.key)?.scopes).toContain("admin");
  await expect(access.login(used, null)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(access.loginCode(false)).toBeNull();
  const old = access.loginCode(true) ?? "";
  await clock.advance(DEFAULT_LIMITS.login_code);
  await expect(access.login(old, null)).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  const guessed = access.loginCode(true) ?? "";
  for (let i = 0; i < DEFAULT_LIMITS.login_tries; i += 1) {
    await expect(access.login("AAAAA-AAAAA", "10.0.0.9")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  }
  await expect(access.login(guessed, "10.0.0.9")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  await expect(access.login(guessed, "::ffff:10.0.0.9")).rejects.toMatchObject({ code: "UNAUTHENTICATED" });
  expect(access.audit(null, 50).items.filter((one) => one.action === "login.refused")).toHaveLength(9);
  await access.login(guessed, "10.0.0.8"); // a stranger does not lock the owner out
});

test("who has a whole network of addresses has five tries of a login code in it, not five for each address", async () => {
  const access = await open(newStore());
  const code = access.loginCode(false) ?? "";
  for (let i = 1; i <= DEFAULT_LIMITS.login_tries; i += 1) {
    const said = i % 2 === 0 ? `2001:db8::${i}` : `2001:db8:0:0:${i}::1`;
    await expect(access.login("AAAAA-AAAAA", said)).rejects.toMatchObject({ message: "That is not the login code." });
  }
  await expect(access.login(code, "2001:db8::9")).rejects.toThrow("There is no login code that is open.");
  expect(await access.login(code, "2001:db8:1::9")).toHaveProperty("key");
});

test("a secret reaches its agent and is nowhere in what is kept; its changes are versions that are told", async () => {
  const store = newStore();
  const access = await open(store);
  const told: string[] = [];
  access.vaultOf.onChange((agent) => told.push(agent));
  const secret = { agent: "a", name: "OPENAI_API_KEY", value: "sk-very-secret-value" };
  expect(await access.secrets.set(secret, NOBODY)).toMatchObject({ name: "OPENAI_API_KEY", version: 1 });
  expect(await access.secrets.set({ ...secret, value: "sk-another-value" }, NOBODY)).toMatchObject({ version: 2 });
  expect(told).toEqual(["a", "a"]);
  const again = await open(store);
  expect(again.vaultOf.values("a")).toEqual({ OPENAI_API_KEY: "sk-another-value" });
  expect(again.vaultOf.values("b")).toEqual({});
  expect(await again.vaultOf.missing("a", ["OPENAI_API_KEY", "OTHER"])).toEqual(["OTHER"]);
  expect(await everything(store)).not.toMatch(/secret-value|another-value/);
  await again.secrets.unset(secret, NOBODY);
  expect(again.secrets.list("a")).toEqual([]);
});

test.each([
  ["9KEY", "no name"],
  ["RUNAGENT_KEY", "own"],
  ["A B", "no name"],
])("the secret %s is refused", async (name, why) => {
  const access = await open(newStore());
  await expect(access.secrets.set({ agent: "a", name, value: "v" }, NOBODY)).rejects.toThrow(why);
});

test("another master key is refused, and a sealed value does not open in another place", async () => {
  const store = newStore();
  const access = await open(store);
  await access.secrets.set({ agent: "a", name: "ONE", value: "first" }, NOBODY);
  await access.secrets.set({ agent: "a", name: "TWO", value: "second" }, NOBODY);
  await expect(open(store, "other")).rejects.toThrow(/master key is not the one/);
  const [one] = await store.list("default/secrets/a/ONE");
  await store.update("default/secrets/a/TWO", () => one?.value.replace('"ONE"', '"TWO"') ?? null);
  const moved = await open(store);
  expect(() => moved.vaultOf.values("a")).toThrow(/changed outside/);
});

test("the data directory's own master key is made once, and only its owner may read it", () => {
  const folder = mkdtempSync(join(tmpdir(), "runagent-master-"));
  const made = ownMasterKey(folder);
  expect(made.length).toBeGreaterThan(40);
  expect(ownMasterKey(folder)).toBe(made);
  expect(statSync(join(folder, "master.key")).mode & 0o777).toBe(0o600);
  rmSync(folder, { recursive: true });
});

test("a key has its calls in a second and its runs at a time; other keys are not touched", async () => {
  const access = await open(newStore());
  const limited = await access.keys.create({ ...WISH, rate: 2, concurrency: 1 }, NOBODY);
  const free = await access.keys.create(WISH, NOBODY);
  const caller = { keyId: limited.id, scopes: ["run"] };
  const policy = ["RateLimit-Policy", '"calls";q=2;w=1, "runs";q=1;qu="concurrent-requests"'];
  expect(access.call(limited)).toEqual({
    headers: [...policy, "RateLimit", '"calls";r=1;t=1, "runs";r=1'],
    refusal: null,
  });
  access.call(limited);
  expect(access.call(limited)).toMatchObject({
    headers: [...policy, "RateLimit", '"calls";r=0;t=1, "runs";r=1'],
    refusal: { code: "RATE_LIMITED", message: expect.stringContaining(limited.id) },
  });
  expect(access.call(free)).toEqual({ headers: [], refusal: null });
  const seldom = await access.keys.create({ ...WISH, rate: 0.5 }, NOBODY);
  expect(access.call(seldom).headers).toEqual(["RateLimit-Policy", '"calls";q=1;w=2', "RateLimit", '"calls";r=0;t=2']);
  await clock.advance(500);
  access.call(limited);
  const leave = access.run(caller);
  expect(() => access.run(caller)).toThrow(/1 runs at a time/);
  leave();
  leave();
  access.run(caller);
  expect(() => access.run(caller)).toThrow(/1 runs at a time/);
});

test("the audit log says who did what, newest first, page by page, also after a restart", async () => {
  const store = newStore();
  const access = await open(store);
  const deed = { caller: { keyId: "key_me", scopes: ["admin"] }, address: "192.0.2.1" };
  for (const name of ["A", "B", "C"]) await access.secrets.set({ agent: "a", name, value: "12345678" }, deed);
  const page = (await open(store)).audit(null, 2);
  expect(page.items.map((one) => [one.by, one.address, one.action, one.target])).toEqual([
    ["key_me", "192.0.2.1", "secret.set", "a/C"],
    ["key_me", "192.0.2.1", "secret.set", "a/B"],
  ]);
  expect(access.audit(page.next, 2)).toMatchObject({ items: [{ target: "a/A" }], next: null });
});
