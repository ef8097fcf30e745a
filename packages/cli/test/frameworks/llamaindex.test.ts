import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { moveOn } from "./moving.ts";

/** The text blocks of an agent's answer. */
function said(output: unknown): string {
  const blocks: unknown = Reflect.get(Object(Reflect.get(Object(output), "response")), "blocks");
  const list: unknown[] = Array.isArray(blocks) ? blocks : [];
  return list.map((one) => String(Reflect.get(Object(one), "text") ?? "")).join("");
}

frameworkContract(
  {
    name: "llamaindex",
    said,
    chat: true,
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: "an agent takes what is no stream for an empty answer; what the model refuses or cuts fails the run",
  },
  ({ server }) => {
    test.each(["429", "500", "cut"])("a model that answers %s fails the run", async (way) => {
      const { agent, stubbed } = server();
      const { status, text } = await stubbed.call(agent, { input: `[${way}] one two three four five six` });
      expect({ status, code: JSON.parse(text).code }).toEqual({ status: 500, code: "AGENT_ERROR" });
    });

    test("several agents in one workflow are called like one", async () => {
      const { stubbed } = server();
      expect(said(await stubbed.output("stubbed/team", { input: "hello" }))).toBe("heard: hello");
    });

    test("LlamaIndex's own names of the input are understood", async () => {
      const { stubbed } = server();
      const input = { user_msg: "two", chat_history: [{ role: "user", content: "one" }] };
      expect(said(await stubbed.output("stubbed/chat", input))).toBe("heard: one | two");
    });

    test("the fields of a workflow's start event are its input, and its events are told", async () => {
      const { stubbed } = server();
      const events = await stubbed.events("stubbed/report", { topic: "bees", ctx: "mine" });
      expect(dataOf(events, "custom")).toEqual([{ name: "Progress", data: { share: 0.5 } }]);
      expect(events.at(-1)?.data).toMatchObject({ output: "bees mine" });
      expect((await stubbed.call("stubbed/report", {})).status).toBe(422);
      expect(await stubbed.output("stubbed/made", { topic: "bees" })).toBe("bees none");
    });

    test("a tool that asks a person waits, and goes on with the answer in another process", async () => {
      const { stubbed } = server();
      const { status, text } = await stubbed.call("stubbed/careful", { input: "[tool dangerous_task {}]" });
      expect(status).toBe(202);
      const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${JSON.parse(text).id}`;
      await moveOn(stubbed);
      expect((await fetch(`${run}/resume`, { method: "POST", body: '{"value": "yes"}' })).status).toBe(202);
      const events = await (await fetch(`${run}/events`)).text();
      expect(events).toContain("Shall I go on?");
      expect(events).toContain("tool said: allowed: yes");
      expect(events.match(/event: tool.call/g)).toHaveLength(1);
    });
  },
);
