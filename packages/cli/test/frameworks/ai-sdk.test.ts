import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { answeredRun, answeredStream } from "./waiting.ts";

const ASKED = '[tool get_weather {"city":"Lisbon"}]';

frameworkContract(
  {
    name: "ai-sdk",
    chat: true,
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
    ])("a tool that needs approval waits for a person; %s", async (way, run) => {
      const { stubbed } = server();
      const headers = { "runagent-session": `careful ${way}` };
      const events = await run(stubbed, "stubbed/careful", { input: { input: ASKED }, headers, answers: [true] });
      const [asked] = dataOf(events, "waiting");
      expect(asked).toMatchObject({ interrupts: [{ question: { tool: "get_weather", args: { city: "Lisbon" } } }] });
      expect(dataOf(events, "tool.call")).toHaveLength(1);
      expect(dataOf(events, "tool.result")).toMatchObject([{ name: "get_weather", result: "sun, 19 °C in Lisbon" }]);
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "tool said: sun, 19 °C in Lisbon" } });
      expect(await stubbed.output("stubbed/careful", { input: "and now" }, headers)).toBe(`heard: ${ASKED} | and now`);
    });

    test("a tool that a person refuses is not called", async () => {
      const { stubbed } = server();
      const answers = [{ approved: false, reason: "not today" }];
      const events = await answeredRun(stubbed, "stubbed/careful", { input: { input: ASKED }, answers });
      expect(JSON.stringify(dataOf(events, "tool.result"))).not.toContain("19 °C");
      expect(events.at(-1)?.type).toBe("result");
    });

    test("what was said before is history, unless the session knows it", async () => {
      const { agent, stubbed } = server();
      const messages = [
        { role: "user", content: "one" },
        { role: "assistant", content: "heard: one" },
        { role: "user", content: [{ type: "text", text: "two" }] },
      ];
      expect(await stubbed.output(agent, { messages })).toBe("heard: one | two");
      const headers = { "runagent-session": "history" };
      expect(await stubbed.output(agent, { messages }, headers)).toBe("heard: one | two");
      expect(await stubbed.output(agent, { messages }, headers)).toBe("heard: one | two | two");
    });

    test.each(["tell", "respond"])("a function that returns a stream is streamed; `%s`", async (tag) => {
      const { stubbed } = server();
      const events = await stubbed.events(`stubbed/${tag}`, { about: "[long 20]" });
      expect(dataOf(events, "text").length).toBeGreaterThan(2);
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output: textOf(events) } });
      expect((await stubbed.events(`stubbed/${tag}`, { about: "[500]" })).at(-1)?.type).toBe("error");
    });

    test("UI messages are taken, with their tools", async () => {
      const { agent, stubbed } = server();
      const text = (words: string) => ({ type: "text", text: words });
      const tool = { type: "tool-get_weather", toolCallId: "c1", state: "output-available", input: {}, output: "sun" };
      const messages = [
        { id: "1", role: "user", parts: [text("one")] },
        { id: "2", role: "assistant", parts: [tool, text("heard: one")] },
        { id: "3", role: "user", parts: [text("two")] },
      ];
      expect(await stubbed.output(agent, { messages })).toBe("heard: one | two");
    });
  },
);
