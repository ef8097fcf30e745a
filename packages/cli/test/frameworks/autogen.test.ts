import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";

const content = (output: unknown): string => String(Reflect.get(Object(output), "content"));

frameworkContract(
  {
    name: "autogen",
    said: content,
    chat: true,
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
    nonsense: "OpenAI's client reads a stream without events as an empty answer, and AutoGen takes it",
  },
  ({ server }) => {
    test("a team says why it stopped; each member's words are text; its session goes on", async () => {
      const { agent, stubbed } = server();
      const session = { "runagent-session": "team" };
      const events = await stubbed.events(`${agent}/team`, { task: "hello team" }, session);
      const output = Reflect.get(Object(events.at(-1)?.data), "output");
      expect(output).toMatchObject({ source: "second", stop_reason: expect.stringContaining("3") });
      expect(textOf(events)).toContain(content(output));
      expect(dataOf(events, "usage")).toHaveLength(2);
      expect(content(await stubbed.output(`${agent}/team`, { task: "and now" }, session))).toContain("hello team");
      expect(content(await stubbed.output(`${agent}/team`, { task: "and now" }))).not.toContain("hello team");
    });

    test("a team that is cancelled ends, though its members' model hangs", async () => {
      const { agent, stubbed } = server();
      const late = await stubbed.call(`${agent}/team`, { input: "[hang]" }, { "runagent-timeout": "1" });
      expect(late.status).toBe(504);
      expect(content(await stubbed.output(`${agent}/team`, { input: "still there" }))).toContain("still there");
    });

    test("what was said before is heard; a message of AgentChat is taken", async () => {
      const { agent, stubbed } = server();
      const messages = [
        { role: "user", content: "my name is Ada" },
        { role: "assistant", content: "hello" },
        { role: "user", content: "who am I" },
      ];
      expect(content(await stubbed.output(agent, { messages }))).toBe("heard: my name is Ada | who am I");
      const task = { type: "TextMessage", source: "user", content: "good day" };
      expect(content(await stubbed.output(agent, { task }))).toBe("heard: good day");
      expect((await stubbed.call(agent, { task: { type: "ToolCallRequestEvent", content: [] } })).status).toBe(422);
    });
  },
);
