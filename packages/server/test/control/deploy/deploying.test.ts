import { RunAgentError } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { settled } from "../../manual-clock.ts";
import { RESOURCES, World } from "./world.ts";

const call = (agent: string, version: string | null = null) => ({ agent, version, tag: null });
const versionOf = (found: unknown): unknown => (found as { version: string }).version;

describe("a deployment", () => {
  test("goes through its steps, is live at its end, and says so to whoever follows", async () => {
    const world = new World();
    world.build = ({ onLine }) => Promise.resolve(onLine("Resolved 12 packages"));
    const server = await world.server();
    const { events, deployment } = await world.deployed(server, "support", "one");
    expect(events.map((one) => (one.event === "step" ? one.name : one.event))).toEqual([
      ...["bundle", "log", "build", "start", "switch", "deployed"],
    ]);
    expect(events.at(-1)).toMatchObject({
      ...{ version: "v1", url: "/v1/run/support", version_url: "/v1/run/support@v1", changed: true },
      ...{ left_out: [".env"], egress: ["api.openai.com"], start: "fork" },
    });
    expect(deployment).toMatchObject({ status: "live", version: "v1", problem: null, by: "key_1", message: "one" });
    expect(server.agents.list(null)).toMatchObject([{ name: "support", version: "v1", default: "main" }]);
    expect(server.agents.resolve(null, call("support"))).toMatchObject({ version: "v1", timeoutMs: 300_000 });
    expect(world.last().leads).toBe(true);
  });

  test("of the same bundle answers with the live version and builds nothing", async () => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    const { events, deployment } = await world.deployed(server, "support", "one");
    expect(events.at(-1)).toMatchObject({ event: "deployed", version: "v1", changed: false });
    expect(deployment).toMatchObject({ status: "live", version: "v1", changed: false });
    expect(world.builds).toHaveLength(1);
  });

  test.each([
    ["build", (world: World) => (world.build = fails)],
    ["start", (world: World) => (world.start = fails)],
    ["check", (world: World) => (world.check = () => Promise.resolve(FAULT.problem))],
  ] as const)("that fails at its %s changes nothing and leaves nothing", async (step, breaks) => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    breaks(world);
    const { events, deployment } = await world.deployed(server, "support", "two", { healthcheck: "main" });
    expect(events.at(-1)).toMatchObject({ event: "failed", step, code: "LOAD_FAILED" });
    expect(deployment).toMatchObject({ status: "failed", version: null, problem: { code: "LOAD_FAILED" } });
    expect(versionOf(server.agents.resolve(null, call("support")))).toBe("v1");
    expect(server.versions.list("support", null, 50).items).toMatchObject([{ version: "v1", status: "live" }]);
    expect(await world.store.list("default/versions/")).toHaveLength(1);
    expect(await world.store.list("default/manifests/")).toHaveLength(1);
    expect(world.placed.filter((one) => !one.source.sandbox.closed)).toHaveLength(1);
    world.build = world.start = () => Promise.resolve();
    expect((await world.deployed(server, "support", "three")).deployment.version).toBe("v2");
  });

  test("of a healthcheck that never answers fails when its time is over", async () => {
    const world = new World();
    world.check = (signal) => new Promise((resolve) => signal.addEventListener("abort", () => resolve(null)));
    const server = await world.server();
    const { id } = await server.deploy(world.order("support", "one", { healthcheck: "main" }));
    await settled();
    await world.clock.advance(world.limits.check_time);
    expect(server.deployment(id)).toMatchObject({ status: "failed", problem: { code: "LOAD_FAILED" } });
    expect(server.agents.list(null)).toEqual([]);
  });

  test("is refused for files that are not here, secrets without a value, memory that the host has not", async () => {
    const world = new World();
    const server = await world.server();
    const order = world.order("support", "one");
    const digest = order.files[0]?.digest ?? "";
    world.missing.add(digest);
    await expect(server.deploy(order)).rejects.toMatchObject({ problem: { code: "CONFLICT", missing: [digest] } });
    world.unset.add("OPENAI_API_KEY");
    const secret = await world.deployed(server, "support", "two", { secrets: ["OPENAI_API_KEY"] });
    expect(secret.deployment.problem).toMatchObject({ origin: "caller", missing_secrets: ["OPENAI_API_KEY"] });
    const resources = { ...RESOURCES, memory: world.memoryTotal + 1 };
    const large = await world.deployed(server, "support", "three", { resources });
    expect(large.deployment.problem).toMatchObject({ origin: "caller", errors: [{ pointer: "/resources/memory" }] });
    const other = await world.deployed(server, "support", "four", { name: "sales" });
    expect(other.deployment.problem?.detail).toContain("agent sales, not of support");
    expect(world.builds).toEqual([]);
  });

  test("waits for the one before it, and beyond a bound none is taken", async () => {
    const world = new World({ deployments_waiting: 2 });
    const gate = Promise.withResolvers<void>();
    world.build = () => gate.promise;
    const server = await world.server();
    const first = await server.deploy(world.order("support", "one"));
    const second = await server.deploy(world.order("support", "two"));
    await expect(server.deploy(world.order("support", "three"))).rejects.toMatchObject({
      problem: { code: "QUEUE_FULL" },
    });
    await settled();
    expect(world.builds).toHaveLength(1);
    gate.resolve();
    await settled();
    await settled();
    expect(server.deployment(first.id)).toMatchObject({ status: "live", version: "v1" });
    expect(server.deployment(second.id)).toMatchObject({ status: "live", version: "v2" });
    expect(server.deployments("support", null, 1)).toMatchObject({ items: [{ id: second.id }], next: second.id });
    expect(server.deployments("support", second.id, 1)).toMatchObject({ items: [{ id: first.id }], next: null });
  });

  test("that is cancelled while it builds ends so, also when it only waits for its turn", async () => {
    const world = new World();
    world.build = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const server = await world.server();
    const first = await server.deploy(world.order("support", "one"));
    const second = await server.deploy(world.order("support", "two"));
    await settled();
    server.cancelDeployment(second.id);
    server.cancelDeployment(first.id);
    await settled();
    for (const { id } of [first, second]) {
      expect(server.deployment(id)).toMatchObject({ status: "cancelled", version: null });
    }
    expect(world.builds).toHaveLength(1);
  });
});

const FAULT = new RunAgentError("LOAD_FAILED", "No module named langgraph");
const fails = (): Promise<never> => Promise.reject(FAULT);
