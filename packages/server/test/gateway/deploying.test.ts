/** The routes of deployments and versions, over HTTP, with deploying itself behind them. */
import { describe, expect, onTestFinished, test } from "vitest";
import type { Deploying } from "../../src/control/deploy/platform.ts";
import type { FakeSource } from "../control/deploy/world.ts";
import { World } from "../control/deploy/world.ts";
import { settled } from "../manual-clock.ts";
import { post, problemIn, serving } from "./serving.ts";

async function deploying() {
  const world = new World();
  const server: Deploying<FakeSource> = await world.server();
  const { url } = await serving((fakes) => {
    fakes.platform = server;
  });
  onTestFinished(() => server.close({ leave: false }));
  const body = (content: string): string => {
    const { files, message, leftOut } = world.order("support", content);
    return JSON.stringify({ files, message, left_out: leftOut });
  };
  const deploy = (content: string, headers: Record<string, string> = {}): Promise<Response> =>
    post(`${url}/v1/agents/support/deployments`, body(content), headers);
  return { world, server, url, deploy };
}

const NDJSON = { Accept: "application/x-ndjson" };
const linesOf = (text: string): { event: string }[] =>
  text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

describe("a deployment over HTTP", () => {
  test("is answered with its id, can be read, followed and listed", async () => {
    const { url, deploy, world } = await deploying();
    const gate = Promise.withResolvers<void>();
    world.build = ({ onLine }) => {
      onLine("Resolved 12 packages");
      return gate.promise;
    };
    const begun = await deploy("one");
    expect(begun.status).toBe(202);
    const { id, status } = await begun.json();
    expect({ status, location: begun.headers.get("location") }).toEqual({
      status: "building",
      location: `/v1/deployments/${id}`,
    });
    const following = fetch(`${url}/v1/deployments/${id}/events`, { headers: NDJSON });
    const sse = fetch(`${url}/v1/deployments/${id}/events`);
    await (await following).body?.getReader().read();
    gate.resolve();
    const text = await (await sse).text();
    expect(text).toContain('event: log\ndata: {"event":"log","line":"Resolved 12 packages"}');
    expect(text).toMatch(/event: deployed\ndata: \{"event":"deployed",.*"version":"v1"/);
    expect(await (await fetch(`${url}/v1/deployments/${id}`)).json()).toMatchObject({ status: "live", version: "v1" });
    const list = await fetch(`${url}/v1/agents/support/deployments?limit=1`);
    expect(await list.json()).toMatchObject({ items: [{ id }], next: null });
    const cancel = await post(`${url}/v1/deployments/${id}/cancel`, "");
    expect({ status: cancel.status, body: await cancel.json() }).toMatchObject({
      status: 200,
      body: { status: "live" },
    });
  });

  test("that asks for a stream is answered with its events", async () => {
    const { deploy } = await deploying();
    const response = await deploy("one", NDJSON);
    expect(response.headers.get("content-type")).toBe("application/x-ndjson");
    const events = linesOf(await response.text());
    expect(events.map((one) => one.event)).toEqual(["step", "step", "step", "step", "deployed"]);
  });

  test("is refused with a pointer to each mistake, and with what is missing", async () => {
    const { url, deploy, world } = await deploying();
    const files = [{ path: "agent.py", digest: "sha256:x", size: -1, mode: 0o644 }];
    const wrong = await post(`${url}/v1/agents/support/deployments`, JSON.stringify({ files }));
    expect((await problemIn(wrong)).errors?.map((one) => one.pointer)).toEqual(["/files/0/digest", "/files/0/size"]);
    const digest = world.order("support", "one").files[0]?.digest ?? "";
    world.missing.add(digest);
    const missing = await deploy("one");
    expect(missing.status).toBe(409);
    expect(await missing.json()).toMatchObject({ code: "CONFLICT", missing: [digest] });
    expect((await fetch(`${url}/v1/deployments/dep_none`)).status).toBe(404);
  });

  test("ends when it is cancelled", async () => {
    const { url, deploy, world } = await deploying();
    world.build = ({ signal }) =>
      new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    const { id } = await (await deploy("one")).json();
    await settled();
    expect((await post(`${url}/v1/deployments/${id}/cancel`, "{}")).status).toBe(202);
    const events = linesOf(await (await fetch(`${url}/v1/deployments/${id}/events`, { headers: NDJSON })).text());
    expect(events.at(-1)).toMatchObject({ event: "failed", step: "build", code: "CONFLICT" });
  });
});

describe("versions over HTTP", () => {
  test("are listed, read, compared, promoted and rolled back", async () => {
    const { url, deploy } = await deploying();
    for (const content of ["one", "two"]) await (await deploy(content, NDJSON)).text();
    const at = `${url}/v1/agents/support`;
    const list = await (await fetch(`${at}/versions`)).json();
    expect(list.items).toMatchObject([
      { version: "v2", status: "live" },
      { version: "v1", status: "warm" },
    ]);
    expect(await (await fetch(`${at}/versions?limit=1`)).json()).toMatchObject({ next: "v2" });
    expect(await (await fetch(`${at}/versions?limit=1&cursor=v2`)).json()).toMatchObject({
      items: [{ version: "v1" }],
    });
    expect(await (await fetch(`${at}/versions/v2`)).json()).toMatchObject({
      version: "v2",
      files: 2,
      environment: "env-1",
    });
    expect(await (await fetch(`${at}/versions/v2/diff?against=v1`)).json()).toMatchObject({
      files: { changed: ["agent.py"] },
    });
    expect((await problemIn(await fetch(`${at}/versions/v2/diff?against=seven`))).code).toBe("INVALID_REQUEST");
    expect((await problemIn(await fetch(`${at}/versions/v9`))).code).toBe("VERSION_NOT_FOUND");
    expect(await (await post(`${at}/rollback`, "")).json()).toMatchObject({ version: "v1", status: "live" });
    expect(await (await post(`${at}/versions/v2/promote`, "")).json()).toMatchObject({ version: "v2" });
  });

  test("are scaled between bounds, shown with their workers, and deleted", async () => {
    const { url, deploy, world } = await deploying();
    await (await deploy("one", NDJSON)).text();
    const scale = (body: string): Promise<Response> =>
      fetch(`${url}/v1/agents/support/scale`, { method: "PATCH", body });
    expect(await (await scale('{"min_instances":1,"max_instances":3}')).json()).toEqual({
      ...{ agent: "support", min_instances: 1, max_instances: 3 },
    });
    expect(await (await scale('{"min_instances":null}')).json()).toMatchObject({
      min_instances: null,
      max_instances: 3,
    });
    expect((await problemIn(await scale('{"min_instances":4}'))).detail).toContain("at least 4 and at most 3");
    expect((await problemIn(await scale("{}"))).code).toBe("INVALID_REQUEST");
    const row = {
      agent: "support",
      version: "v1",
      worker: "w1",
      pid: 1,
      state: "idle",
      runs: [],
      since: "now",
    } as const;
    world.rows.push(row);
    const workers = await (await fetch(`${url}/v1/workers?all=true&agent=support`)).json();
    expect(workers.items).toMatchObject([
      { worker: "w1", memory: 2000 },
      { worker: "sandbox", state: "running" },
    ]);
    expect((await (await fetch(`${url}/v1/workers?agent=other`)).json()).items).toEqual([]);
    expect((await fetch(`${url}/v1/agents/support`, { method: "DELETE" })).status).toBe(204);
    expect((await problemIn(await fetch(`${url}/v1/agents/support/versions`))).code).toBe("AGENT_NOT_FOUND");
  });

  test("are not there in serve, and it says so", async () => {
    const { url } = await serving();
    const problem = await problemIn(await fetch(`${url}/v1/agents/support/versions`));
    expect(problem).toMatchObject({ status: 404, code: "NOT_FOUND" });
    expect(problem.detail).toContain("`runagent server`");
  });
});
