import { afterAll, beforeAll, expect, test } from "vitest";
import { dataOf, type Served, START_MS, serveExample, textOf } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExample("ai-sdk");
}, START_MS);
afterAll(() => served?.process.close());

test.each([
  { input: "How is the weather in Lisbon?" },
  { prompt: "How is the weather in Lisbon?" },
  { messages: [{ role: "user", content: "How is the weather in Lisbon?" }] },
])("an agent object answers its text for %o", async (body) => {
  expect((await served.call("ai-sdk", body)).text).toBe('"The weather is: sun, 19 °C."');
});

test("streamed, its text, tool calls and usage are events", async () => {
  const events = await served.events("ai-sdk/chat", { input: "Weather in Berlin?" });
  expect(textOf(events)).toBe("The weather is: rain, 8 °C.");
  expect(dataOf(events, "tool.call")).toEqual([{ id: "call_1", name: "weather", args: { city: "Berlin" } }]);
  expect(dataOf(events, "tool.result")).toEqual([{ id: "call_1", name: "weather", result: "rain, 8 °C" }]);
  expect(dataOf(events, "usage").length).toBeGreaterThan(0);
  expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "The weather is: rain, 8 °C." } });
});

test("a function that returns a stream result is streamed", async () => {
  const events = await served.events("ai-sdk/tell_stream", { about: "streams" });
  expect(textOf(events)).toBe("You said: streams");
  expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "You said: streams" } });
});
