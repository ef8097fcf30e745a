import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { moveOn } from "./moving.ts";
import { answeredRun } from "./waiting.ts";

const ask = (content: string): unknown => ({ messages: [{ role: "user", content }] });
const ASKED = ask('[tool get_weather {"city":"Lisbon"}]');

frameworkContract(
  {
    name: "langchain-js",
    chat: "the body is the graph's state; `input: chat` in the config makes it the common form",
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("a tool that a person must allow waits, and goes on in another process when it is allowed", async () => {
      const { stubbed } = server();
      const answers = [{ decisions: [{ type: "approve" }] }];
      const events = await answeredRun(stubbed, "stubbed/careful", { input: ASKED, answers, meanwhile: moveOn });
      expect(dataOf(events, "waiting")).toHaveLength(1);
      expect(JSON.stringify(events.at(-1))).toContain("tool said: sun, 19 °C in Lisbon");
    });

    test("a chain's input names the variables of its prompt, its text streams", async () => {
      const { stubbed } = server();
      const input = { mood: "glad", topic: "rain" };
      expect(await stubbed.output("stubbed/chain", input)).toBe("heard: glad about rain");
      const events = await stubbed.events("stubbed/chain", input);
      expect(dataOf(events, "text").length).toBeGreaterThan(2);
      expect(textOf(events)).toBe("heard: glad about rain");
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "heard: glad about rain" } });
      expect(dataOf(events, "usage")).toHaveLength(1);
      expect((await stubbed.call("stubbed/chain", { mood: "glad" })).status).toBe(422);
    });

    test("a chat model takes text or messages, and answers with its message", async () => {
      const { stubbed } = server();
      expect(await stubbed.output("stubbed/model", "hello")).toMatchObject({ type: "ai", content: "heard: hello" });
      const events = await stubbed.events("stubbed/model", ask("hello"));
      expect(textOf(events)).toBe("heard: hello");
      expect(events.at(-1)?.data).toMatchObject({ output: { type: "ai", content: "heard: hello" } });
    });

    test("`model.stream` gives its own items", async () => {
      const { stubbed } = server();
      const chunks = dataOf(await stubbed.events("stubbed/raw", "hello"), "chunk");
      expect(chunks.map((one) => Reflect.get(Object(one), "content")).join("")).toBe("heard: hello");
    });

    test("callers set the keys that the config names, and no other", async () => {
      const { stubbed } = server();
      const input = { topic: "rain", tone: "kind", volume: 11, session_id: "theirs" };
      const told = await stubbed.output("stubbed/told", input, { "runagent-session": "ours" });
      expect(told).toEqual({ tone: "kind", volume: null, session_id: "ours" });
    });
  },
);
