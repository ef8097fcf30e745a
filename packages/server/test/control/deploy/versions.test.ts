import { describe, expect, test } from "vitest";
import { settled } from "../../manual-clock.ts";
import { World } from "./world.ts";

const call = (agent: string, version: string | null = null) => ({ agent, version, tag: null });
const MINUTE = 60_000;

async function three(world = new World()) {
  const server = await world.server();
  for (const content of ["one", "two", "three"]) await world.deployed(server, "support", content);
  return { world, server };
}

describe("versions", () => {
  test("keep their own address, and a mistake in it names what was meant", async () => {
    const { server } = await three();
    expect(server.agents.resolve(null, call("support", "v2"))).toMatchObject({ version: "v2" });
    expect(() => server.agents.resolve(null, call("support", "v9"))).toThrow("support has no version v9; v3 is live.");
    expect(() => server.agents.resolve(null, call("suport"))).toThrow('Did you mean "support"?');
    expect(() => server.agents.resolve(null, { agent: "support", version: null, tag: "mian" })).toThrow("main");
  });

  test("are nothing that a key of another agent can see", async () => {
    const { server } = await three();
    const stranger = { keyId: "key_2", scopes: ["run"], agents: ["sales"] };
    expect(server.agents.list(stranger)).toEqual([]);
    expect(() => server.agents.resolve(stranger, call("support"))).toThrow('There is no agent "support" here.');
    await expect(server.agents.get(stranger, "support")).rejects.toThrow("There is no agent");
  });

  test("are switched back at once while they are warm, further back each time, and forward by promote", async () => {
    const { world, server } = await three();
    const started = world.sandboxes.length;
    expect(await server.rollback("support")).toMatchObject({ version: "v2", status: "live" });
    expect(await server.rollback("support")).toMatchObject({ version: "v1" });
    await expect(server.rollback("support")).rejects.toMatchObject({ problem: { code: "CONFLICT" } });
    expect(server.agents.resolve(null, call("support"))).toMatchObject({ version: "v1" });
    expect(await server.promote("support", "v3")).toMatchObject({ version: "v3", status: "live" });
    expect(world.sandboxes).toHaveLength(started);
    expect(await server.rollback("support")).toMatchObject({ version: "v1" });
  });

  test("that were live are warm for ten minutes, then cold; promote starts them again", async () => {
    const { world, server } = await three();
    await world.clock.advance(9 * MINUTE);
    expect(server.versions.get("support", "v2").status).toBe("warm");
    await world.clock.advance(2 * MINUTE);
    expect(server.versions.get("support", "v2").status).toBe("cold");
    const started = world.sandboxes.length;
    await server.promote("support", "v2");
    expect(world.sandboxes).toHaveLength(started + 1);
    expect(server.versions.get("support", "v2").status).toBe("live");
  });

  test("differ by files, packages and config; values of variables are not shown", async () => {
    const { server } = await three();
    const diff = await server.versions.diff("support", "v3", "v1");
    expect(diff).toMatchObject({
      ...{ version: "v3", against: "v1", config: [] },
      files: { added: [], changed: ["agent.py"], removed: [] },
      packages: { added: ["langgraph==3"], removed: ["langgraph==1"] },
    });
    const detail = await server.versions.detail("support", "v3");
    expect(detail.manifest.map((one) => one.path)).toEqual(["agent.py", "runagent.config.json"]);
    expect(detail.config).toMatchObject({ env_vars: ["MODE"] });
  });

  test("beyond the count are deleted, never one that is live, warm or used", async () => {
    const world = new World({ versions_kept: 2 });
    const { server } = await three(world);
    expect(server.versions.list("support", null, 50).items.map((one) => one.version)).toEqual(["v3", "v2", "v1"]);
    world.placed[1]?.startRun();
    await world.clock.advance(11 * MINUTE);
    await world.deployed(server, "support", "four");
    await world.clock.advance(11 * MINUTE);
    await world.deployed(server, "support", "five");
    expect(server.versions.list("support", null, 50).items.map((one) => one.version)).toEqual(["v5", "v4", "v2"]);
    expect(world.collected.bundles).toHaveLength(3);
  });

  test("that are too old are deleted where nobody deploys any more, and the live one stays", async () => {
    const world = new World({ version_age: 3 * 3600_000 });
    const { server } = await three(world);
    await world.clock.advance(2.5 * 3600_000);
    expect(server.versions.list("support", null, 50).items).toHaveLength(3);
    await world.clock.advance(2 * 3600_000);
    expect(server.versions.list("support", null, 50).items.map((one) => one.version)).toEqual(["v3"]);
    expect(world.collected.bundles).toHaveLength(1);
    await server.close({ leave: false });
    expect(world.clock.pending).toBe(0);
  });

  test("of a deleted agent are gone with their runs, whatever is being deployed", async () => {
    const { world, server } = await three();
    const placed = world.last();
    placed.startRun();
    world.build = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const { id } = await server.deploy(world.order("support", "four"));
    await settled();
    await server.remove("support");
    expect(placed.cancelled).toEqual(["the agent was deleted"]);
    expect(server.agents.list(null)).toEqual([]);
    expect(() => server.agents.resolve(null, call("support"))).toThrow("There is no agent");
    expect(world.sandboxes.every((one) => one.closed)).toBe(true);
    for (const prefix of ["agents", "versions", "manifests"]) {
      expect(await world.store.list(`default/${prefix}/`)).toEqual([]);
    }
    expect(() => server.deployment(id)).toThrow("There is no deployment");
    expect(world.collected).toEqual({ bundles: [], environments: [] });
  });
});
