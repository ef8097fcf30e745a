import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { agentSpec, TestServer } from "./channel.ts";

const ROOT = fileURLToPath(new URL("fixtures/plain", import.meta.url));
const TAGS = [
  ...["echo", "noop", "nothing", "count", "letters", "failing", "stream", "jsonResponse", "textResponse", "boom"],
  ...[
    "hear",
    "endless",
    "spin",
    "look",
    "tell",
    "remember",
    "ask",
    "askBeside",
    "print",
    "chatter",
    "longLine",
    "binary",
    "exit",
  ],
  ...["stray", "thrownLater", "bigEvent", "bigOutput", "notJson", "dial", "checked", "alive"],
];

describe("calling an entrypoint", () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await TestServer.start();
    const tags = Object.fromEntries(TAGS.map((tag) => [tag, tag]));
    const batches = { batch: { type: "batch" }, shortBatch: { type: "batch" } } as const;
    const more = { greet: "Tools.greet", ...batches, chat: { module: "echo", input: "chat" } } as const;
    const spec = agentSpec(ROOT, { ...tags, ...more }, { lifespan: "agent.ts:life", secrets: ["PATH"] });
    const { error } = await server.load(spec);
    expect(error).toBeNull();
  });
  afterAll(() => server.close());

  it("gives the input to the function and its value back", async () => {
    expect((await server.call("echo", { a: [1, "ü", null] })).last.body).toBe('value\n{"a":[1,"ü",null]}');
    expect((await server.call("nothing", {})).json).toBe("null");
  });

  it("keeps integers above 2^53 exact both ways", async () => {
    const inputText = '{"n":12345678901234567890,"neg":-9007199254740993,"f":1.5,"s":"12345678901234567890"}';
    expect((await server.call("echo", null, { inputText })).json).toBe(inputText);
  });

  it("keeps `this` of methods", async () => {
    expect((await server.call("greet", { name: "Ada" })).json).toBe('"hi Ada"');
  });

  it("hands the list of messages to a function whose input is chat", async () => {
    const messages = [{ role: "user", content: "hi" }];
    for (const input of [{ messages }, { input: "hi" }, { prompt: "hi" }]) {
      expect((await server.call("chat", input)).json).toBe(JSON.stringify(messages));
    }
    expect((await server.call("chat", {})).error).toMatchObject({ code: "INVALID_INPUT" });
  });

  it("streams what a generator yields, and ends with its return value", async () => {
    const ended = await server.call("count", { n: 2 });
    expect(ended.events).toEqual([
      ["chunk", 0],
      ["chunk", 1],
    ]);
    expect(ended.last.body).toBe('stream\n"done"');
    expect((await server.call("letters", {})).last.body).toBe("stream\n");
  });

  it("sends what was yielded before an error, then the error with its cause and the user's frames only", async () => {
    const { events, error } = await server.call("failing", {});
    expect(events).toHaveLength(2);
    expect(error).toMatchObject({ code: "AGENT_ERROR", type: "TypeError", detail: "after two" });
    expect(error?.traceback).toContain("agent.ts:21");
    expect(error?.traceback).toContain("Caused by: Error: the root");
    expect(error?.traceback).not.toMatch(/worker-node\/src|node:internal/);
  });

  it("streams a ReadableStream and lets a Response pass with its type", async () => {
    expect((await server.call("stream", {})).events).toEqual([["chunk", "grüße"]]);
    expect((await server.call("jsonResponse", {})).last.body).toBe('value\n{"big":1}');
    const text = await server.call("textResponse", {});
    expect(text.events).toEqual([["text", { delta: "hello text" }]]);
    expect(text.json).toBe('"hello text"');
  });

  it("answers a batch item by item, and refuses another length", async () => {
    const items = JSON.parse((await server.call("batch", [1, -1])).json ?? "");
    expect(items[0]).toBe(2);
    expect(items[1].error).toMatchObject({ code: "AGENT_ERROR", detail: "negative" });
    expect((await server.call("shortBatch", [1, 2])).error?.code).toBe("BATCH_MISMATCH");
  });

  it("validates by the exported Standard Schema and points at what is wrong", async () => {
    expect((await server.call("checked", { name: "x" })).json).toBe('"X"');
    const { error } = await server.call("checked", { name: 1 });
    expect(error).toMatchObject({
      code: "INVALID_INPUT",
      errors: [{ pointer: "/name", detail: "a text is expected" }],
    });
  });

  it("gives the context in camelCase and hides the channel's variables", async () => {
    const { json } = await server.call("look", {}, { run_id: "run_x", attempt: 2, user: "u", session_id: "s" });
    const seen = JSON.parse(json ?? "");
    expect(seen).toMatchObject({ runId: "run_x", attempt: 2, user: "u", sessionId: "s", env: [] });
    expect(seen.secrets.PATH).toBe(process.env.PATH);
    expect(new Date(seen.deadline).getTime()).toBeGreaterThan(Date.now());
  });

  it("sends what the context emits as events", async () => {
    expect((await server.call("tell", {})).events).toEqual([
      ["custom", { name: "progress", data: { at: 1 } }],
      ["text", { delta: "half" }],
    ]);
  });

  it("sends the session's state before the result, only when it changed", async () => {
    const changed = await server.call("remember", { add: "b" }, { session_id: "s", session: { seen: ["a"] } });
    expect(changed.frames.map(({ kind }) => kind)).toEqual(["state", "result"]);
    expect(changed.frames[0]?.body).toBe('{"seen":["a","b"]}');
    const same = await server.call("remember", {}, { session_id: "s", session: { seen: ["a"] } });
    expect(same.frames.map(({ kind }) => kind)).toEqual(["result"]);
  });

  it("ends an execution at an interrupt; with the answer it goes on and skips finished steps", async () => {
    const first = await server.call("ask", {});
    expect(first.last.kind).toBe("interrupt");
    expect(JSON.parse(first.last.body).interrupts).toEqual([{ id: "int_1", question: { sure: true }, schema: null }]);
    const step = JSON.parse(first.frames.find(({ kind }) => kind === "step")?.body ?? "");
    const second = await server.call("ask", {}, { steps: [step], answers: ["yes"] });
    expect(JSON.parse(second.json ?? "")).toEqual({ stepped: step.value, answer: "yes" });
  });

  it("skips finished steps also when they ran side by side and ended in another order", async () => {
    const first = await server.call("askBeside", {});
    const steps = first.frames.filter(({ kind }) => kind === "step").map(({ body }) => JSON.parse(body));
    expect(steps.map(({ name }) => name)).toEqual(["quick", "slow"]);
    const second = await server.call("askBeside", {}, { steps, answers: ["yes"] });
    expect(JSON.parse(second.json ?? "")).toEqual({ both: [steps[1].value, steps[0].value], answer: "yes" });
    expect(second.frames.map(({ kind }) => kind)).toEqual(["result"]);
  });

  it("aborts the signal of a cancelled run", async () => {
    const call = server.invoke("hear", {});
    server.send("cancel", call, { by: "caller", reason: "enough" });
    expect((await server.end(call)).error).toMatchObject({ code: "RUN_CANCELLED", detail: "enough" });
  });

  it("stops pulling a generator whose run is cancelled, and serves others meanwhile", async () => {
    for (const tag of ["endless", "spin"]) {
      const call = server.invoke(tag, {});
      await server.frame((told) => told.call === call && told.kind === "event");
      expect((await server.call("noop", {})).json).toBe('{"ok":true}');
      server.send("cancel", call, { by: "deadline", reason: null });
      expect((await server.end(call)).error?.code).toBe("DEADLINE_EXCEEDED");
    }
  });

  it("answers a ping from its loop while a generator never waits", async () => {
    const call = server.invoke("spin", {});
    const from = server.told.length;
    server.send("ping", 0, "");
    await server.frame((told) => told.kind === "ping", from);
    server.send("cancel", call, { by: "caller", reason: null });
    await server.end(call);
  });

  it("tells prints as logs of the run that printed, also when runs overlap", async () => {
    const both = [server.invoke("print", { text: "one" }), server.invoke("print", { text: "two" })];
    const [one, two] = await Promise.all(both.map((call) => server.end(call)));
    const lines = (ended: typeof one) => ended?.logs.map(({ level, stream, message }) => [level, stream, message]);
    expect(lines(one)).toEqual([
      ["info", "stdout", "out one"],
      ["error", "stderr", "err one"],
      ["warning", "stderr", "careful"],
      ["info", "stdout", "no line feed"],
    ]);
    expect(lines(two)?.[0]).toEqual(["info", "stdout", "out two"]);
  });

  it("cuts long lines, decodes binary output and survives a million lines", async () => {
    const [long] = (await server.call("longLine", {})).logs;
    expect(long?.message).toMatch(/^x{65536} … \(the line was cut at 65536 bytes\)$/);
    expect((await server.call("binary", {})).logs[0]?.message).toBe("\ufffd\ufffd");
    const chatter = await server.call("chatter", { lines: 1_000_000 });
    expect(chatter.json).toBe('"said"');
    expect(chatter.logs.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(11 * 1024 * 1024);
  });

  it("makes process.exit the error of its run", async () => {
    expect((await server.call("exit", {})).error).toMatchObject({ type: "SystemExit", detail: "process.exit(3)" });
    expect((await server.call("noop", {})).json).toBe('{"ok":true}');
  });

  it("logs a rejection that nobody awaits, and fails the run of an error thrown from a timer", async () => {
    const stray = await server.call("stray", {});
    expect(stray.json).toBe('"lives"');
    expect(stray.logs[0]?.message).toContain("nobody waits");
    expect((await server.call("thrownLater", {})).error).toMatchObject({ code: "AGENT_ERROR", detail: "from a timer" });
  });

  it("refuses events, outputs and values that cannot leave, each with its code", async () => {
    expect((await server.call("bigEvent", {})).error?.code).toBe("EVENT_TOO_LARGE");
    expect((await server.call("bigOutput", {})).error?.code).toBe("OUTPUT_TOO_LARGE");
    const { error } = await server.call("notJson", {});
    expect(error).toMatchObject({ code: "OUTPUT_NOT_JSON", errors: [{ pointer: "/list/1/f" }] });
  });

  it("tells each outgoing host once", async () => {
    await server.call("dial", {});
    await server.call("dial", {});
    const hosts = server.told.filter(({ kind }) => kind === "host").map(({ body }) => JSON.parse(body));
    expect(hosts).toEqual([{ host: "192.0.2.1", port: 443 }]);
  });

  it("enters the lifespan before the first run", async () => {
    expect((await server.call("alive", {})).json).toBe("true");
  });
});
