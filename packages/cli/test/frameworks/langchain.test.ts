import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract, said } from "./contract.ts";
import { moveOn } from "./moving.ts";

frameworkContract(
  {
    name: "langchain",
    chat: true,
    session: true,
    moves: "what a chain keeps under its session's name is its own, here in its process",
    text: true,
    tools: "a chain hands a tool's call to its caller; `create_agent` runs tools, as a LangGraph graph",
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("a chain's own input names the variables of its prompt", async () => {
      const { stubbed } = server();
      expect(await stubbed.output("stubbed/asked", { question: "hello" })).toBe("heard: hello");
      expect((await stubbed.call("stubbed/asked", { questions: "hello" })).status).toBe(422);
    });

    test("earlier messages of the caller are the history of a chain that keeps none", async () => {
      const { stubbed } = server();
      const messages = ["one", "two"].map((content) => ({ role: "user", content }));
      expect(said(await stubbed.output("stubbed/model", { messages }))).toContain("heard: one | two");
    });

    test("a chat model takes text, and answers with its message", async () => {
      const { stubbed } = server();
      expect(await stubbed.output("stubbed/model", "hello")).toMatchObject({ type: "ai", content: "heard: hello" });
      const events = await stubbed.events("stubbed/model", "hello");
      expect(textOf(events)).toBe("heard: hello");
      expect(events.at(-1)?.data).toMatchObject({ output: { type: "ai", content: "heard: hello" } });
    });

    test("`model.stream` gives its own items", async () => {
      const { stubbed } = server();
      const chunks = dataOf(await stubbed.events("stubbed/raw", "hello"), "chunk");
      expect(chunks.map((one) => Reflect.get(Object(one), "content")).join("")).toBe("heard: hello");
    });

    test("an agent of `create_agent` calls its tool, and remembers its session", async () => {
      const { stubbed } = server();
      const ask = (content: string): unknown => ({ messages: [{ role: "user", content }] });
      const headers = { "runagent-session": "agent" };
      const events = await stubbed.events("stubbed/agent", ask('[tool get_weather {"city":"Lisbon"}]'), headers);
      expect(dataOf(events, "tool.call")).toMatchObject([{ name: "get_weather", args: { city: "Lisbon" } }]);
      expect(dataOf(events, "tool.result")).toMatchObject([{ result: "sun, 19 °C in Lisbon" }]);
      expect(said(await stubbed.output("stubbed/agent", ask("and now"), headers))).toContain("| and now");
    });

    test("a tool that a person must allow waits, and goes on in another process when it is allowed", async () => {
      const { stubbed } = server();
      const input = { messages: [{ role: "user", content: '[tool get_weather {"city":"Lisbon"}]' }] };
      const { status, text } = await stubbed.call("stubbed/careful", input);
      expect(status).toBe(202);
      const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${JSON.parse(text).id}`;
      const body = JSON.stringify({ value: { decisions: [{ type: "approve" }] } });
      await moveOn(stubbed);
      expect((await fetch(`${run}/resume`, { method: "POST", body })).status).toBe(202);
      const events = await (await fetch(`${run}/events`)).text();
      expect(events).toContain("event: waiting");
      expect(events).toContain("tool said: sun, 19 °C in Lisbon");
    });

    test("callers set the keys that the config names, and no other", async () => {
      const { stubbed } = server();
      await stubbed.output("stubbed/chosen", { input: "choose", model: "theirs", heat: 1.5 });
      const asked = stubbed.model.requests.findLast(({ body }) => JSON.stringify(body).includes("choose"));
      expect({ model: asked?.body.model, heat: asked?.body.temperature }).toEqual({ model: "theirs", heat: undefined });
    });
  },
);
