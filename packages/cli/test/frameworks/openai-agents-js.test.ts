import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { approvalTests } from "./approvals.ts";
import { frameworkContract } from "./contract.ts";
import { historyTests } from "./history.ts";

frameworkContract(
  {
    name: "openai-agents-js",
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

    test("the SDK's own forms of input are taken: text, and items", async () => {
      const { agent, stubbed } = server();
      expect(await stubbed.output(agent, "hello")).toBe("heard: hello");
      const items = [{ role: "user", content: [{ type: "input_text", text: "hello" }] }];
      expect(await stubbed.output(agent, items)).toBe("heard: hello");
      expect(await stubbed.output(agent, { input: items })).toBe("heard: hello");
    });

    test("a handoff is an event, and the other agent answers", async () => {
      const { stubbed } = server();
      const events = await stubbed.events("stubbed/triage", { input: "[tool transfer_to_Weather {}]" });
      expect(dataOf(events, "custom")).toEqual([{ name: "handoff", data: { from: "Triage", to: "Weather" } }]);
      expect(events.at(-1)?.type).toBe("result");
    });
  },
);
