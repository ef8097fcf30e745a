import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract, said } from "./contract.ts";
import { moveOn } from "./moving.ts";
import { answeredRun, answeredStream } from "./waiting.ts";

const ask = (content: string): unknown => ({ messages: [{ role: "user", content }] });
const ASKED = ask('[tool get_weather {"city":"Lisbon"}]');

frameworkContract(
  {
    name: "langgraph-js",
    chat: "the body is the graph's state; `input: chat` in the config makes it the common form",
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test.each([
      ["streamed", answeredStream],
      ["not streamed", answeredRun],
    ])("a graph that asks waits, and goes on with the answer; %s", async (_way, run) => {
      const { stubbed } = server();
      const events = await run(stubbed, "stubbed/careful", { input: ask("hello"), answers: ["yes"] });
      expect(dataOf(events, "waiting")).toMatchObject([{ interrupts: [{ question: { ask: "really?" } }] }]);
      const last = events.at(-1);
      expect(said(Reflect.get(Object(last?.data), "output"))).toBe("you said yes");
    });

    test("a graph that stops where it was compiled to waits there, also for an answer in another process", async () => {
      const { stubbed } = server();
      const events = await answeredRun(stubbed, "stubbed/stopping", {
        input: ASKED,
        answers: [null],
        meanwhile: moveOn,
      });
      expect(dataOf(events, "waiting")).toMatchObject([{ interrupts: [{ question: { before: ["tools"] } }] }]);
      expect(JSON.stringify(events.at(-1))).toContain("tool said: sun, 19 °C in Lisbon");
    });

    test("`graph.stream` gives the graph's own items", async () => {
      const { stubbed } = server();
      const chunks = dataOf(await stubbed.events("stubbed/raw", ask("hello")), "chunk");
      expect(JSON.stringify(chunks)).toContain("heard: hello");
    });

    test("with `input: chat` the common forms are the graph's messages", async () => {
      const { stubbed } = server();
      expect(said(await stubbed.output("stubbed/messages", { input: "hello" }))).toBe("heard: hello");
    });

    test("callers set the keys that the config names, and no other", async () => {
      const { stubbed } = server();
      const theirs = { tone: "kind", volume: 11, thread_id: "theirs", config: { configurable: { volume: 11 } } };
      const input = { ...Object(ask("hello")), ...theirs };
      const told = JSON.parse(said(await stubbed.output("stubbed/told", input, { "runagent-session": "ours" })));
      expect(told).toEqual({ tone: "kind", volume: null, thread_id: "ours" });
    });
  },
);
