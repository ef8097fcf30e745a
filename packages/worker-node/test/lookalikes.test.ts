import { fileURLToPath } from "node:url";
import type { Description, WorkerError } from "@runagent/protocol";
import { afterEach, describe, expect, it } from "vitest";
import { agentSpec, TestServer } from "./channel.ts";

const ROOT = fileURLToPath(new URL("fixtures/lookalikes", import.meta.url));
let server: TestServer | null = null;
afterEach(() => server?.close());

async function load(
  module: string,
  more: object = {},
): Promise<{ description: Description | null; error: WorkerError | null; server: TestServer }> {
  server = await TestServer.start();
  const loaded = await server.load(agentSpec(ROOT, { it: { module, ...more } }));
  return { ...loaded, server };
}

describe("an object that looks like an agent", () => {
  it("of somebody's own class is an object with methods", async () => {
    const { description, server } = await load("own.run");
    expect(description?.entrypoints[0]).toMatchObject({ adapter: "none" });
    expect((await server.call("it", { n: 1 })).json).toBe("2");
  });

  it("and is no function is refused", async () => {
    expect((await load("own")).error?.detail).toContain('"own" is an object, nothing that can be called');
    await server?.close();
    expect((await load("streamer")).error?.code).toBe("LOAD_FAILED");
  });

  it("and runs agents is refused with what to name", async () => {
    expect((await load("runner")).error?.detail).toContain("name the Agent instead");
    await server?.close();
    expect((await load("runner.run")).error?.detail).toContain("name the Agent instead");
  });

  it("whose framework cannot be found is refused with what to do", async () => {
    expect((await load("lost")).error).toMatchObject({
      code: "LOAD_FAILED",
      hint: expect.stringContaining("function"),
    });
  });

  it("is refused by a method that is no verb, with the verbs", async () => {
    expect((await load("runnable.pipe")).error).toMatchObject({
      code: "LOAD_FAILED",
      hint: expect.stringContaining('"runnable.invoke" or "runnable.stream"'),
    });
  });

  it("is called as what it is with the adapter turned off", async () => {
    const { description, server } = await load("runnable.invoke", { adapter: "none" });
    expect(description?.entrypoints[0]?.adapter).toBe("none");
    expect((await server.call("it", { n: 1 })).json).toBe('{"got":{"n":1}}');
  });
});

describe("a Mastra", () => {
  it("with one agent means that agent, and says that it remembers nothing", async () => {
    const { description, server } = await load("one");
    expect(description?.notes).toEqual(["it: the agent has no memory, so a session is not remembered"]);
    expect((await server.call("it", { input: "x" })).json).toBe('"generated"');
  });

  it("with several wants one named", async () => {
    const { error } = await load("two");
    expect(error).toMatchObject({
      detail: expect.stringContaining("2 agents"),
      hint: expect.stringContaining("first"),
    });
    await server?.close();
    expect((await load("two.second")).description?.entrypoints[0]?.adapter).toBe("mastra");
  });
});

describe("an agent that a function makes", () => {
  it("is made again for the next run when that failed", async () => {
    const { server } = await load("factory");
    expect((await server.call("it", { input: "x" })).error?.detail).toBe("the key is missing");
    expect((await server.call("it", { input: "x" })).json).toBe('"generated"');
  });
});

describe("a runnable", () => {
  it("streams what it yields, and answers with that put together", async () => {
    const { server } = await load("runnable");
    const { events, json } = await server.call("it", {}, { stream: true });
    expect(events.map(([type]) => type)).toEqual(["chunk", "chunk", "chunk"]);
    expect(JSON.parse(json ?? "")).toEqual({ a: "xy", b: [1, 2] });
  });
});
