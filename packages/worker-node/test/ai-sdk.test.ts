import { fileURLToPath } from "node:url";
import type { Description } from "@runagent/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentSpec, TestServer } from "./channel.ts";

const ROOT = fileURLToPath(new URL("fixtures/ai-sdk", import.meta.url));
const TAGS = ["agent", "make", "streamed", "generated", "response", "textResponse", "texts", "structured", "broken"];

describe("the AI SDK", () => {
  let server: TestServer;
  let description: Description | null = null;

  beforeAll(async () => {
    server = await TestServer.start();
    const tags = Object.fromEntries([...TAGS, "slow", "zod", "made"].map((tag) => [tag, tag]));
    const loaded = await server.load(agentSpec(ROOT, { ...tags, verb: "agent.stream" }));
    expect(loaded.error).toBeNull();
    description = loaded.description;
  });
  afterAll(() => server.close());

  it("recognises an agent object and describes it as a chat", () => {
    const one = description?.entrypoints.find(({ tag }) => tag === "agent");
    expect(one).toMatchObject({ adapter: "ai-sdk", input: "chat", streams: true, type: "async" });
    expect(description?.entrypoints.find(({ tag }) => tag === "verb")?.adapter).toBe("ai-sdk");
  });

  it("generates when the caller waits, and tells tool calls and usage", async () => {
    const { events, json } = await server.call("agent", { prompt: "weather?" });
    expect(events).toEqual([
      ["tool.call", { id: "c1", name: "weather", args: { city: "Rome" } }],
      ["tool.result", { id: "c1", name: "weather", result: { city: "Rome", sun: true } }],
      ["usage", expect.objectContaining({ input_tokens: 10, output_tokens: 14 })],
    ]);
    expect(json).toBe('"saw 3"');
  });

  it("streams when the caller reads: reasoning, text, tools, usage, then the text as output", async () => {
    const { events, last } = await server.call(
      "agent",
      { messages: [{ role: "user", content: "weather" }] },
      { stream: true },
    );
    expect(events.map(([type]) => type)).toEqual([
      ...["tool.call", "tool.result", "reasoning", "text", "text", "usage"],
    ]);
    expect(events[2]).toEqual(["reasoning", { delta: "hm" }]);
    expect(last.body).toBe('value\n"saw 3"');
  });

  it("takes UI messages", async () => {
    const messages = [{ id: "1", role: "user", parts: [{ type: "text", text: "hello" }] }];
    expect((await server.call("agent", { messages })).json).toBe('"saw 1"');
  });

  it("refuses what is no conversation", async () => {
    const { error } = await server.call("agent", { question: "?" });
    expect(error).toMatchObject({ code: "INVALID_INPUT", errors: [{ pointer: "" }] });
  });

  it("keeps the conversation's messages in the session", async () => {
    const first = await server.call("agent", { input: "hello" }, { session_id: "s" });
    const state = JSON.parse(first.frames.find(({ kind }) => kind === "state")?.body ?? "");
    expect(state["ai-sdk"]["agent.ts:agent"]).toHaveLength(2);
    const second = await server.call("agent", { input: "again" }, { session_id: "s", session: state, stream: true });
    expect(second.json).toBe('"saw 3"');
  });

  it("passes the abort signal", async () => {
    for (const stream of [true, false]) {
      const call = server.invoke("slow", { input: "x" }, { stream });
      server.send("cancel", call, { by: "caller", reason: null });
      expect((await server.end(call)).error?.code).toBe("RUN_CANCELLED");
    }
  });

  it("maps the results of functions: a stream result, a generated one, responses, a text stream", async () => {
    const input = { prompt: "hello" };
    const types = async (tag: string) => {
      const { events, last } = await server.call(tag, input);
      return [events.map(([type]) => type).join(" "), last.body];
    };
    expect(await types("streamed")).toEqual(["reasoning text text usage", 'value\n"saw 1"']);
    expect(await types("generated")).toEqual(["usage", 'value\n"saw 1"']);
    expect(await types("response")).toEqual(["reasoning text text", 'value\n"saw 1"']);
    expect(await types("textResponse")).toEqual(["text text", 'value\n"saw 1"']);
    expect(await types("texts")).toEqual(["chunk chunk", "stream\n"]);
    expect(await types("structured")).toEqual(["text text usage", 'value\n{"n":1}']);
  });

  it("calls what a factory returned, and the factory once", async () => {
    expect((await server.call("make", { input: "hello" })).json).toBe('"saw 1"');
    expect((await server.call("make", { input: "hello" })).json).toBe('"saw 1"');
    expect((await server.call("made", {})).json).toBe("1");
  });

  it("fails the run when the model fails", async () => {
    expect((await server.call("broken", {})).error).toMatchObject({ code: "AGENT_ERROR", detail: "the model is down" });
  });

  it("takes a zod schema: its JSON Schema, its messages, its defaults", async () => {
    const schema = description?.entrypoints.find(({ tag }) => tag === "zod")?.input_schema;
    expect(schema).toMatchObject({ type: "object", required: ["name"] });
    const { error } = await server.call("zod", { name: "x" });
    expect(error).toMatchObject({ code: "INVALID_INPUT", errors: [{ pointer: "/name" }] });
    expect((await server.call("zod", { name: "xy" })).json).toBe('"xy"');
  });
});
