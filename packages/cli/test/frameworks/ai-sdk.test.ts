import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { approvalTests } from "./approvals.ts";
import { frameworkContract } from "./contract.ts";
import { historyTests } from "./history.ts";

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
    approvalTests(
      { server },
      { tag: "careful", tool: "get_weather", args: { city: "Lisbon" }, result: "sun, 19 °C in Lisbon" },
    );

    historyTests({ server });

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
