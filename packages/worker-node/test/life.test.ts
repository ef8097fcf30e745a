import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, it } from "vitest";
import { agentSpec, TestServer } from "./channel.ts";

const ROOT = fileURLToPath(new URL("fixtures/plain", import.meta.url));
const cleanUp: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const clean of cleanUp.splice(0)) await clean();
});

async function started(orphanSeconds = 0): Promise<TestServer> {
  const server = await TestServer.start(orphanSeconds);
  cleanUp.push(() => server.close());
  return server;
}

async function folder(files: Readonly<Record<string, string>>): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "ra-agent-"));
  cleanUp.push(() => rm(root, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) await writeFile(join(root, name), text);
  return root;
}

describe("the life of a worker", () => {
  it("describes what it loaded", async () => {
    const server = await started();
    const entries = { echo: "echo", letters: "letters", checked: "checked", noop: "noop" };
    const { description } = await server.load(
      agentSpec(ROOT, entries, { schemas: { noop: { input: { type: "object" } } } }),
    );
    const rows = description?.entrypoints.map((one) => [one.tag, one.type, one.input, one.streams, one.slots]);
    expect(rows).toEqual([
      ["echo", "generic", "object", false, 1],
      ["letters", "generic_stream", "object", true, 10],
      ["checked", "generic", "object", false, 1],
      ["noop", "async", "object", false, 10],
    ]);
    expect(description?.entrypoints[2]?.input_schema).toEqual({ type: "object", required: ["name"] });
    expect(description?.entrypoints[3]?.input_schema).toEqual({ type: "object" });
  });

  it("tells every broken entrypoint at once, with suggestions", async () => {
    const server = await started();
    const entries = { a: "agent.ts:ehco", b: "agnet.ts:echo", c: "agent.ts:Needs.run", d: "agent.ts:Tools" };
    const { error } = await server.load(agentSpec(ROOT, entries));
    expect(error?.code).toBe("LOAD_FAILED");
    expect(error?.detail).toContain('did you mean "echo"?');
    expect(error?.detail).toContain('did you mean "agent.ts"?');
    expect(error?.detail).toContain("export an instance");
    expect(error?.detail).toContain("name a method of it");
    expect(error?.missing).toEqual([join(ROOT, "agnet.ts")]);
  });

  it("tells what an import threw with the user's line", async () => {
    const root = await folder({ "agent.mjs": "\nthrow new RangeError('at import');\n" });
    const server = await started();
    const { error } = await server.load(agentSpec(root, { run: "agent.mjs:run" }));
    expect(error).toMatchObject({ code: "LOAD_FAILED", detail: "agent.mjs: RangeError: at import" });
    expect(error?.traceback).toContain("agent.mjs:2:7");
  });

  it("names a missing package and the command for the lock file that is there", async () => {
    const root = await folder({ "agent.mjs": "import 'no-such-package/x';", "pnpm-lock.yaml": "" });
    const server = await started();
    const { error } = await server.load(agentSpec(root, { run: "agent.mjs:run" }));
    expect(error?.detail).toBe('the package "no-such-package" is not installed');
    expect(error?.hint).toBe("Install it: pnpm add no-such-package");
  });

  it("fails the load when the agent exits during its import", async () => {
    const root = await folder({ "agent.mjs": "process.exit(4);" });
    const server = await started();
    const { error } = await server.load(agentSpec(root, { run: "agent.mjs:run" }));
    expect(error).toMatchObject({ code: "LOAD_FAILED" });
    expect(error?.detail).toContain("process.exit(4)");
  });

  it("drains: finishes runs and work after the answer, leaves the lifespan, exits 0", async () => {
    const server = await started();
    await server.load(agentSpec(ROOT, { later: "later" }, { lifespan: "agent.ts:life" }));
    const call = server.invoke("later", {});
    server.send("drain", 0, "");
    expect((await server.end(call)).json).toBe('"answered"');
    expect(await server.exited).toEqual({ code: 0, signal: null });
    expect(server.told.filter(({ kind }) => kind === "log").map(({ body }) => JSON.parse(body).message)).toEqual([
      "after the answer",
      "lifespan left",
    ]);
  });

  it("exits when the channel closes and nobody may adopt it", async () => {
    const server = await started();
    await server.load(agentSpec(ROOT, { noop: "noop" }));
    server.cut();
    expect(await server.exited).toEqual({ code: 0, signal: null });
  });

  it("goes on with a durable run after the channel was cut, without a lost or repeated frame", async () => {
    const server = await started(10);
    await server.load(agentSpec(ROOT, { steady: "steady", endless: "endless" }));
    const call = server.invoke("steady", { n: 30 }, { durable: true });
    server.invoke("endless", {});
    const seen = (count: number) => () => server.told.filter((told) => told.call === call).length >= count;
    await server.frame(seen(5));
    server.send("ack", call, { n: 3 });
    const before = server.told.length;
    server.cut();
    const { held } = await server.hello(before);
    expect(held).toHaveLength(1);
    expect(held[0]).toMatchObject({ call, run_id: "run_1", attempt: 1, ended: false });
    expect(held[0]?.first).toBeLessThanOrEqual(4);
    for (let i = 0; i < 20; i += 1) {
      const from = server.told.length;
      server.send("ping", 0, "");
      await server.frame(({ kind }) => kind === "ping", from);
    }
    const kept = server.told.slice(
      0,
      server.told.findLastIndex(({ kind }) => kind === "hello"),
    );
    const after = kept.filter((told) => told.call === call).length;
    server.send("hello", 0, { protocol: 1, resume: [{ call, after }] });
    const ended = await server.end(call);
    expect(ended.events.map(([, item]) => item)).toEqual(Array.from({ length: 30 }, (_, i) => i));
    expect(ended.last.body).toBe("stream\n");
  });

  it("cancels a held run that the new server does not want", async () => {
    const server = await started(10);
    await server.load(agentSpec(ROOT, { endless: "endless", noop: "noop" }));
    const call = server.invoke("endless", {}, { durable: true });
    await server.frame((told) => told.call === call);
    const before = server.told.length;
    server.cut();
    await server.hello(before);
    server.send("hello", 0, { protocol: 1, resume: [] });
    const from = server.told.length;
    expect((await server.call("noop", {})).json).toBe('{"ok":true}');
    expect(server.told.slice(from).filter((told) => told.call === call)).toEqual([]);
  });

  it("lets the function wait when too much is not acknowledged", async () => {
    const server = await started();
    const spec = agentSpec(ROOT, { spin: "spin" });
    await server.load({ ...spec, limits: { ...spec.limits, channel_held: 1000 } });
    const call = server.invoke("spin", {}, { durable: true });
    const from = server.told.length;
    await server.frame((told) => told.call === call, from);
    server.send("ping", 0, "");
    await server.frame((told) => told.kind === "ping");
    const count = () => server.told.filter((told) => told.call === call).length;
    const stopped = count();
    expect(stopped).toBeLessThan(500);
    server.send("ping", 0, "");
    server.send("ack", call, { n: stopped });
    await server.frame(() => count() > stopped);
  });
});
