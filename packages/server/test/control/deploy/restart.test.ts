import { describe, expect, test } from "vitest";
import { settled } from "../../manual-clock.ts";
import { FakeSandbox, RESOURCES, World } from "./world.ts";

const CALL = { agent: "support", version: null, tag: null };

describe("a server that starts again", () => {
  test("has the same versions live, and starts nothing that nobody asks for", async () => {
    const world = new World();
    const first = await world.server();
    await world.deployed(first, "support", "one");
    await world.deployed(first, "support", "two");
    await first.rollback("support");
    await first.scale("support", { max: 3 });
    await first.close({ leave: true });
    expect(world.sandboxes.every((one) => one.left && !one.closed)).toBe(true);
    const started = world.sandboxes.length;
    const second = await world.server();
    expect(second.agents.list(null)).toEqual(first.agents.list(null));
    expect(second.versions.list("support", null, 50).items.map((one) => one.status)).toEqual(["cold", "live"]);
    expect(world.sandboxes).toHaveLength(started);
    expect(await second.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
    expect(world.last().bounds).toEqual({ min: null, max: 3 });
    await world.deployed(second, "support", "three");
    expect(second.versions.list("support", null, 50).items[0]?.version).toBe("v3");
  });

  test("uses sandboxes that still run, at once, and ends those of nobody", async () => {
    const world = new World();
    await world.deployed(await world.server(), "support", "one");
    const started = world.sandboxes.length;
    const discarded: string[] = [];
    for (const [agent, version] of [
      ["support", "v1"],
      ["support", "v7"],
      ["gone", "v1"],
    ] as const) {
      world.found.push({
        ...{ agent, version },
        adopt: () => Promise.resolve(world.resident(new FakeSandbox({ agent, version }))),
        discard: () => Promise.resolve(void discarded.push(`${agent}@${version}`)),
      });
    }
    const second = await world.server();
    await settled();
    expect(second.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
    expect(world.sandboxes).toHaveLength(started);
    expect(discarded).toEqual(["support@v7", "gone@v1"]);
  });

  test("starts what no longer answers anew, and what min_instances keeps by itself", async () => {
    const world = new World();
    const server = await world.server();
    await world.deployed(server, "support", "one");
    const discarded: string[] = [];
    await world.deployed(server, "busy", "one", { resources: { ...RESOURCES, minInstances: 1 } });
    world.found.push({
      ...{ agent: "support", version: "v1" },
      adopt: () => Promise.reject(new Error("it does not answer")),
      discard: () => Promise.resolve(void discarded.push("support@v1")),
    });
    const second = await world.server();
    await settled();
    expect(discarded).toEqual(["support@v1"]);
    expect(world.sandboxes.at(-1)).toMatchObject({ agent: "busy" });
    expect(await second.agents.resolve(null, CALL)).toMatchObject({ version: "v1" });
    expect(world.sandboxes.at(-1)).toMatchObject({ agent: "support" });
  });

  test.each(["build", "start", "check"] as const)(
    "after a kill in the midst of a deployment's %s shows it failed, and nothing of it",
    async (step) => {
      const world = new World();
      const first = await world.server();
      await world.deployed(first, "support", "one");
      world[step] = () => new Promise<never>(() => {});
      const { id } = await first.deploy(world.order("support", "two", { healthcheck: "main" }));
      await settled();
      const second = await world.server();
      expect(second.deployment(id)).toMatchObject({ status: "failed", version: null, problem: { code: "DRAINING" } });
      expect(second.versions.list("support", null, 50).items).toMatchObject([{ version: "v1" }]);
    },
  );

  test("after a kill between what a version is made of and the switch to it has no trace of it", async () => {
    const world = new World();
    const first = await world.server();
    await world.deployed(first, "support", "one");
    const half = JSON.parse((await world.store.list("default/versions/"))[0]?.value ?? "{}");
    await world.store.update("default/manifests/support/v2", () => "[]");
    await world.store.update("default/versions/support/v2", () => JSON.stringify({ ...half, version: "v2" }));
    await world.store.update("default/versions/never/v1", () => JSON.stringify({ ...half, agent: "never" }));
    const second = await world.server();
    expect(second.versions.list("support", null, 50).items.map((one) => one.version)).toEqual(["v1"]);
    expect((await world.store.list("default/versions/")).map((one) => one.key)).toEqual([
      "default/versions/support/v1",
    ]);
    expect(await world.store.list("default/manifests/")).toHaveLength(1);
  });

  test("fails what it was deploying when it stops, with what helps", async () => {
    const world = new World();
    world.build = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const server = await world.server();
    const { id } = await server.deploy(world.order("support", "one"));
    await server.close({ leave: false });
    expect(server.deployment(id)).toMatchObject({ status: "failed", problem: { code: "DRAINING", retryable: true } });
    await expect(server.deploy(world.order("support", "two"))).rejects.toMatchObject({ problem: { code: "DRAINING" } });
    expect(server.agents.readiness()).toMatchObject({ ready: false });
  });
});
