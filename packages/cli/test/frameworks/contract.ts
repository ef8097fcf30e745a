/**
 * What holds for every framework: the example answers without a key; the same agent with its real client before a stub
 * model (which obeys the last user message, `testing/src/stub-model/obey.ts`) streams, calls tools, keeps sessions apart,
 * and ends well whatever the model does. `agents/NAME` holds that agent, `examples/NAME` the example.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, type Event, type Served, START_MS, serveExample, textOf } from "../examples/served.ts";
import { moveOn } from "./moving.ts";
import { type Stubbed, serveStubbed } from "./stubbed.ts";

/** `true`, or why the framework cannot: the reason stands in the docs. */
export type Can = true | string;

export interface Framework {
  /** Folder of the example and of the stubbed agent; the agent's name in both configs is free. */
  readonly name: string;
  /** The input that asks this. Left out: `{messages: [{role: "user", content}]}`. */
  readonly ask?: (text: string) => unknown;
  /** The text of an output. Left out: a string is itself, `messages` gives the last one's content. */
  readonly said?: (output: unknown) => string;
  /** The object takes the common chat input. */
  readonly chat: Can;
  readonly session: Can;
  /** The session goes on when its process is gone. Left out: it does. */
  readonly moves?: Can;
  /** Text arrives piece by piece. */
  readonly text: Can;
  readonly tools: Can;
  /** The name by which the model calls `get_weather`, if it has another. */
  readonly tool?: string;
  readonly usage: Can;
  /** A model that fails fails the run; a framework may answer with a text of its own instead. */
  readonly failures: Can;
  /** A model's answer that is none fails the run too; a client may read it as an empty one. Left out: as `failures`. */
  readonly nonsense?: Can;
}

/** Another process may have to import the framework again. */
const MOVE_MS = 90_000;

const ask = (content: string): unknown => ({ messages: [{ role: "user", content }] });

export function said(output: unknown): string {
  if (typeof output === "string") return output;
  const messages: unknown = Reflect.get(Object(output), "messages");
  const content: unknown = Array.isArray(messages) ? Reflect.get(Object(messages.at(-1)), "content") : undefined;
  return typeof content === "string" ? content : JSON.stringify(output);
}

/** Declares the tests. `also`: tests of this framework alone, on the same two servers. */
export function frameworkContract(framework: Framework, also?: (servers: Servers) => void): void {
  const how: How = { ask, said, tool: "get_weather", moves: true, nonsense: framework.failures, ...framework };
  describe(`the example of ${framework.name}`, () => {
    let served: Served;
    beforeAll(async () => {
      served = await serveExample(framework.name);
    }, START_MS);
    afterAll(() => served?.process.close());
    exampleTests(how, () => served);
  });
  describe(`an agent of ${framework.name} before a stub model`, () => {
    let stubbed: Stubbed;
    beforeAll(async () => {
      stubbed = await serveStubbed(framework.name);
    }, START_MS);
    afterAll(() => stubbed?.close());
    const server: Server = () => ({ agent: String(stubbed.ready.agent), stubbed });
    answerTests(how, server);
    if (framework.session === true) sessionTests(how, server);
    badLuckTests(how, server);
    also?.({ server });
  });
}

export type Server = () => { readonly agent: string; readonly stubbed: Stubbed };

export interface Servers {
  readonly server: Server;
}

type How = Required<Framework>;

const LISBON = "How is the weather in Lisbon?";

function exampleTests({ ask, said, text }: How, server: () => Served): void {
  test("answers without a key, with what its tool said", async () => {
    const served = server();
    expect(said(await served.output(String(served.ready.agent), ask(LISBON)))).toContain("19");
  });

  test.runIf(text === true)("streams the text that it answers", async () => {
    const served = server();
    const events = await served.events(String(served.ready.agent), ask(LISBON));
    expect(events.at(-1)?.type).toBe("result");
    expect(textOf(events)).toContain(said(outputOf(events)));
  });
}

function answerTests({ ask, said, ...can }: How, server: Server): void {
  test("the answer is what the model said", async () => {
    const { agent, stubbed } = server();
    expect(said(await stubbed.output(agent, ask("good morning")))).toContain("good morning");
  });

  test.runIf(can.chat === true)("`messages`, `input` and `prompt` say the same", async () => {
    const { agent, stubbed } = server();
    const forms = [{ messages: [{ role: "user", content: "hello" }] }, { input: "hello" }, { prompt: "hello" }];
    const answers = await Promise.all(forms.map(async (form) => said(await stubbed.output(agent, form))));
    expect(new Set(answers).size).toBe(1);
    expect(answers[0]).toContain("hello");
  });

  test.runIf(can.text === true)("a stream's text comes in pieces, and is the output's", async () => {
    const { agent, stubbed } = server();
    const events = await stubbed.events(agent, ask("[long 20]"));
    expect(events.map((one) => one.n)).toEqual(events.map((_, index) => index + 1));
    expect(dataOf(events, "text").length).toBeGreaterThan(2);
    expect(textOf(events)).toBe(said(outputOf(events)));
  });

  test.runIf(can.tools === true)("a tool call and its result are events, and the answer knows the result", async () => {
    const { agent, stubbed } = server();
    const events = await stubbed.events(agent, ask(`[tool ${can.tool} {"city":"Lisbon"}]`));
    const [call] = dataOf(events, "tool.call");
    expect(call).toMatchObject({ name: can.tool, args: { city: "Lisbon" } });
    const [result] = dataOf(events, "tool.result");
    expect(result).toMatchObject({ id: Reflect.get(Object(call), "id"), name: can.tool });
    expect(JSON.stringify(result)).toContain("sun, 19 °C in Lisbon");
    expect(said(outputOf(events))).toContain("sun, 19 °C in Lisbon");
  });

  test.runIf(can.usage === true)("tokens are counted", async () => {
    const { agent, stubbed } = server();
    const events = await stubbed.events(agent, ask("count this"));
    const [usage] = dataOf(events, "usage");
    expect(usage).toMatchObject({ input_tokens: expect.any(Number), output_tokens: expect.any(Number) });
  });

  test("the caller cannot set the framework's configuration", async () => {
    const { agent, stubbed } = server();
    const session = { "runagent-session": "theirs" };
    await stubbed.call(agent, ask("their words"), session);
    const config = { configurable: { thread_id: "theirs" }, recursion_limit: 1 };
    const tried = {
      ...Object(ask("my words")),
      config,
      thread_id: "theirs",
      session_id: "theirs",
      interrupt_before: "*",
    };
    const { status, text } = await stubbed.call(agent, tried);
    expect([200, 422]).toContain(status);
    expect(text).not.toContain("their words");
  });
}

function sessionTests({ ask, said, moves }: How, server: Server): void {
  const turn = async (session: string | null, text: string): Promise<string> => {
    const { agent, stubbed } = server();
    const headers: Record<string, string> = session === null ? {} : { "runagent-session": session };
    return said(await stubbed.output(agent, ask(text), headers));
  };

  test("the second turn of a session knows the first; another session, and none, do not", async () => {
    await turn("a", "my name is Ada");
    expect(await turn("a", "what is my name")).toMatch(/Ada.*what is my name/s);
    expect(await turn("b", "who am I")).not.toContain("Ada");
    expect(await turn(null, "who am I")).not.toContain("Ada");
  });

  test.runIf(moves === true)("a session goes on in another process", { timeout: MOVE_MS }, async () => {
    await turn("moved", "my name is Ada");
    await moveOn(server().stubbed);
    expect(await turn("moved", "what is my name")).toMatch(/Ada.*what is my name/s);
  });

  test("sessions that talk at once do not hear each other", async () => {
    const names = ["red", "green", "blue"];
    await Promise.all(names.map((name) => turn(name, `I like ${name} [slow]`)));
    const answers = await Promise.all(names.map((name) => turn(name, "what do I like [slow]")));
    for (const [index, name] of names.entries()) {
      expect(answers[index]).toContain(`I like ${name}`);
      for (const other of names) if (other !== name) expect(answers[index]).not.toContain(`I like ${other}`);
    }
  });
}

function badLuckTests({ ask, said, ...can }: How, server: Server): void {
  const worksAgain = async (): Promise<void> => {
    const { agent, stubbed } = server();
    expect(said(await stubbed.output(agent, ask("still there")))).toContain("still there");
  };

  test("a run that its caller cancels ends, though the model hangs", async () => {
    const { agent, stubbed } = server();
    const accepted = await stubbed.call(agent, ask("[hang]"), { prefer: "respond-async" });
    expect(accepted.status).toBe(202);
    const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${JSON.parse(accepted.text).id}`;
    expect((await fetch(`${run}/cancel`, { method: "POST" })).status).toBe(202);
    expect(await (await fetch(`${run}/events`)).text()).toContain("event: cancelled");
    await worksAgain();
  });

  test("a run past its deadline ends 504, though the model hangs", async () => {
    const { agent, stubbed } = server();
    const { status, text } = await stubbed.call(agent, ask("[hang]"), { "runagent-timeout": "1" });
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 504, code: "DEADLINE_EXCEEDED" });
    await worksAgain();
  });

  const ways = can.nonsense === true ? ["429", "500", "nonsense"] : ["429", "500"];
  test.runIf(can.failures === true).each(ways)("a model that answers %s fails the run", async (way) => {
    const { agent, stubbed } = server();
    const { status, text } = await stubbed.call(agent, ask(`[${way}] please`));
    expect({ status, code: JSON.parse(text).code }).toEqual({ status: 500, code: "AGENT_ERROR" });
    await worksAgain();
  });

  test.runIf(can.failures === true && can.text === true)(
    "a stream that the model cuts ends with an error",
    async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(agent, ask("[cut] one two three four five six seven eight nine ten"));
      expect(dataOf(events, "text").length).toBeGreaterThan(0);
      expect(events.at(-1)).toMatchObject({ type: "error", data: { code: "AGENT_ERROR" } });
      await worksAgain();
    },
  );

  test.runIf(can.tools === true)(
    "a tool that raises, or returns two megabytes, ends its run and no other",
    async () => {
      const { agent, stubbed } = server();
      for (const city of ["Nowhere", "Everywhere"]) {
        const events = await stubbed.events(agent, ask(`[tool ${can.tool} {"city":"${city}"}]`));
        expect(["result", "error"]).toContain(events.at(-1)?.type);
      }
      await worksAgain();
    },
  );
}

function outputOf(events: readonly Event[]): unknown {
  const last = events.at(-1);
  if (last?.type !== "result") throw new Error(`the run did not succeed: ${JSON.stringify(last)}`);
  return Reflect.get(Object(last.data), "output");
}
