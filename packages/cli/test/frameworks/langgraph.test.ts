import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract, said } from "./contract.ts";
import { moveOn } from "./moving.ts";

const ask = (content: string): unknown => ({ messages: [{ role: "user", content }] });

frameworkContract(
  {
    name: "langgraph",
    chat: "the body is the graph's state; `input: chat` in the config makes it the common form",
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("`input: chat` makes the graph's messages of the common forms", async () => {
      const { stubbed } = server();
      for (const form of [{ input: "hello" }, { prompt: "hello" }, { messages: [{ role: "user", content: "hello" }] }])
        expect(said(await stubbed.output("stubbed/asked", form))).toBe("heard: hello");
    });

    test("`app.stream` gives the graph's own items", async () => {
      const { stubbed } = server();
      const events = await stubbed.events("stubbed/raw", { messages: [{ role: "user", content: "hello" }] });
      expect(dataOf(events, "chunk")).toMatchObject([{ model: { messages: [{ content: "heard: hello" }] } }]);
    });

    test("an interrupt waits for its answer, also in another process; the state's keys are named as they like", async () => {
      const { stubbed } = server();
      const order = { input: "tea", config: { thread_id: "theirs" } };
      const { status, text } = await stubbed.call("stubbed/orders", order);
      expect(status).toBe(202);
      const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${JSON.parse(text).id}`;
      const waiting = await (await fetch(run)).json();
      expect(waiting).toMatchObject({
        status: "waiting",
        waiting: { interrupts: [{ question: "Shall I order tea?" }] },
      });
      await moveOn(stubbed);
      expect((await fetch(`${run}/resume`, { method: "POST", body: '{"value": {"size": 2}}' })).status).toBe(202);
      expect(await (await fetch(`${run}/events`)).text()).toContain("event: result");
      expect(await (await fetch(run)).json()).toMatchObject({ output: { ...order, approved: { size: 2 } } });
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
