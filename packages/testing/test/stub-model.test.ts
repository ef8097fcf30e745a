import { SseDecoder } from "@runagent/protocol/sse";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type StubModel, startStubModel } from "../src/index.ts";

let model: StubModel;
beforeEach(async () => {
  model = await startStubModel();
});
afterEach(() => model.close());

const ask = (path: string, body: object): Promise<Response> =>
  fetch(`${model.url}${path}`, { method: "POST", body: JSON.stringify(body) });

const hello = { model: "m", messages: [{ role: "user", content: "hello there" }] };

test("without a script it says every user message that it heard", async () => {
  const answer: unknown = await (await ask("/chat/completions", hello)).json();
  expect(answer).toMatchObject({ choices: [{ message: { content: "heard: hello there" }, finish_reason: "stop" }] });
});

test("a scripted tool call comes before a scripted text, one a request", async () => {
  model.script({ tools: [{ name: "add", args: { a: 1 } }] }, { text: "two" });
  const first: unknown = await (await ask("/chat/completions", hello)).json();
  const second: unknown = await (await ask("/chat/completions", hello)).json();
  const call = { function: { name: "add", arguments: '{"a":1}' } };
  expect(first).toMatchObject({ choices: [{ message: { tool_calls: [call] }, finish_reason: "tool_calls" }] });
  expect(second).toMatchObject({ choices: [{ message: { content: "two" } }] });
  expect(model.requests.map((one) => one.path)).toEqual(["/v1/chat/completions", "/v1/chat/completions"]);
});

test("a stream's deltas are the text, and it ends with DONE", async () => {
  model.script({ text: "one two three" });
  const text = await (await ask("/chat/completions", { ...hello, stream: true })).text();
  const data = new SseDecoder().push(text).map((one) => one.data);
  const deltas = data.slice(0, -1).map((one) => JSON.parse(one).choices[0]?.delta?.content ?? "");
  expect(deltas.join("")).toBe("one two three");
  expect(data.at(-1)).toBe("[DONE]");
});

test("the responses dialect streams named events from created to completed", async () => {
  const text = await (await ask("/responses", { input: "a b", stream: true })).text();
  const events = new SseDecoder().push(text);
  expect(events[0]?.event).toBe("response.created");
  expect(events.at(-1)?.event).toBe("response.completed");
  expect(JSON.parse(events.at(-1)?.data ?? "").response.output[0].content[0].text).toBe("heard: a b");
});

test("a failure of the script is that status", async () => {
  model.script({ failure: 429 }, { failure: 500 });
  expect((await ask("/chat/completions", hello)).status).toBe(429);
  expect((await ask("/chat/completions", hello)).status).toBe(500);
});

test("a cut stream breaks in its middle", async () => {
  model.script({ text: "never whole", failure: "cut" });
  const response = await ask("/chat/completions", { ...hello, stream: true });
  await expect(response.text()).rejects.toThrow();
});

test("a tool that the user names is called, and its result said, in both dialects", async () => {
  const order = { role: "user", content: '[tool add {"a":1}]' };
  const asked: unknown = await (await ask("/chat/completions", { messages: [order] })).json();
  const call = { function: { name: "add", arguments: '{"a":1}' } };
  expect(asked).toMatchObject({ choices: [{ message: { content: null, tool_calls: [call] } }] });
  const messages = [order, { role: "assistant", tool_calls: [] }, { role: "tool", content: "2" }];
  const said: unknown = await (await ask("/chat/completions", { messages })).json();
  expect(said).toMatchObject({ choices: [{ message: { content: "tool said: 2" } }] });
  const input = [{ role: "user", content: [{ type: "input_text", text: order.content }] }];
  const first: unknown = await (await ask("/responses", { input })).json();
  expect(first).toMatchObject({ output: [{ type: "function_call", name: "add", arguments: '{"a":1}' }] });
  const done = [...input, { type: "function_call_output", call_id: "c", output: "2" }];
  const second: unknown = await (await ask("/responses", { input: done })).json();
  expect(second).toMatchObject({ output: [{ content: [{ text: "tool said: 2" }] }] });
});

test("a user may order a failure, nonsense, or so many words", async () => {
  const say = (content: string): Promise<Response> =>
    ask("/chat/completions", { messages: [{ role: "user", content }] });
  expect((await say("please [429]")).status).toBe(429);
  expect((await say("please [500]")).status).toBe(500);
  expect(await (await say("[nonsense]")).text()).toContain("no answer of a model");
  const long: unknown = await (await say("[long 3]")).json();
  expect(long).toMatchObject({ choices: [{ message: { content: "word0 word1 word2" } }] });
});

test("a model that hangs answers nothing until its caller leaves", async () => {
  const left = AbortSignal.timeout(200);
  const asked = fetch(`${model.url}/responses`, { method: "POST", body: '{"input":"[hang]"}', signal: left });
  await expect(asked).rejects.toThrow();
});

test("the messages dialect streams named events, and knows a tool's result in a user's message", async () => {
  const order = { role: "user", content: '[tool add {"a":1}]' };
  const events = new SseDecoder().push(await (await ask("/messages", { messages: [order], stream: true })).text());
  expect(events.map((one) => one.event)).toEqual([
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
  ]);
  expect(JSON.parse(events[2]?.data ?? "")).toMatchObject({ delta: { partial_json: '{"a":1}' } });
  const reminder = { type: "text", text: "<system-reminder>be brief</system-reminder>" };
  const result = { role: "user", content: [{ type: "tool_result", tool_use_id: "t", content: "2" }, reminder] };
  const said: unknown = await (await ask("/messages", { messages: [order, result] })).json();
  expect(said).toMatchObject({ content: [{ type: "text", text: "tool said: 2" }], stop_reason: "end_turn" });
});
