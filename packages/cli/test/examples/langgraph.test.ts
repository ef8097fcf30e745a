import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dataOf, type Served, START_MS, serveExample, textOf } from "./served.ts";

const ask = (content: string): object => ({ messages: [{ role: "user", content }] });
const said = (output: unknown): unknown[] =>
  Reflect.get(Object(output), "messages").map((one: { type: string; content: string }) => [one.type, one.content]);

const LISBON = [
  ["human", "Weather in Lisbon?"],
  ["ai", ""],
  ["tool", "sun, 19 °C"],
  ["ai", "The weather is: sun, 19 °C."],
];

describe("the LangGraph example", () => {
  let served: Served;
  beforeAll(async () => {
    served = await serveExample("langgraph");
  }, START_MS);
  afterAll(() => served?.process.close());

  test("`app.invoke` answers the final state", async () => {
    expect(said(await served.output("weather/invoke", ask("Weather in Lisbon?")))).toEqual(LISBON);
  });

  test("the object itself answers the final state too, and is the default", async () => {
    expect(said(await served.output("weather", ask("Weather in Lisbon?")))).toEqual(LISBON);
  });

  test("streamed, the object's text, tool calls and usage are events", async () => {
    const events = await served.events("weather/chat", ask("Weather in Lisbon?"));
    expect(textOf(events)).toBe("The weather is: sun, 19 °C.");
    expect(dataOf(events, "tool.call")).toEqual([{ id: "call_1", name: "get_weather", args: { city: "Lisbon" } }]);
    expect(dataOf(events, "tool.result")).toEqual([{ id: "call_1", name: "get_weather", result: "sun, 19 °C" }]);
    expect(dataOf(events, "usage")).toMatchObject([
      { input_tokens: 7, output_tokens: 5 },
      { input_tokens: 7, output_tokens: 5 },
    ]);
    expect(events.map((one) => one.n)).toEqual(events.map((_, index) => index + 1));
    const [result] = dataOf(events, "result");
    expect(said(Reflect.get(Object(result), "output"))).toEqual(LISBON);
  });

  test("`app.stream` sends the graph's own items as chunks", async () => {
    const events = await served.events("weather/stream", ask("Weather in Berlin?"));
    expect(dataOf(events, "chunk").map((one) => Object.keys(Object(one)))).toEqual([["model"], ["tools"], ["model"]]);
    expect(events.at(-1)?.type).toBe("result");
  });

  test("a session is a thread: its second call sees the first one's messages, another session does not", async () => {
    const first = { "runagent-session": "one" };
    await served.output("weather/chat", ask("Weather in Lisbon?"), first);
    const again = said(await served.output("weather/chat", ask("Weather in Berlin?"), first));
    expect(again.slice(0, 5)).toEqual([...LISBON, ["human", "Weather in Berlin?"]]);
    const other = await served.output("weather/chat", ask("Weather in Lisbon?"), { "runagent-session": "two" });
    expect(said(other)).toEqual(LISBON);
  });

  test("the caller cannot set the framework's configuration", async () => {
    const body = {
      ...ask("Weather in Lisbon?"),
      config: { configurable: { thread_id: "stolen" }, recursion_limit: 1 },
    };
    const { status, text } = await served.call("weather/chat", body);
    if (status === 200) expect(said(JSON.parse(text))).toEqual(LISBON);
    else expect(JSON.parse(text)).toMatchObject({ status: 422, code: "INVALID_INPUT" });
  });
});

describe("the config as every tutorial prints it", () => {
  let served: Served;
  beforeAll(async () => {
    served = await serveExample("langgraph-tutorial");
  }, START_MS);
  afterAll(() => served?.process.close());

  test("just works", async () => {
    expect(served.ready).toMatchObject({ agent: "my-agent", entrypoints: [{ tag: "invoke", type: "generic" }] });
    expect(await served.call("my-agent", { question: "why?" })).toEqual({
      status: 200,
      text: '{"question":"why?","answer":"You asked: why?"}',
    });
  });
});
