import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { approvalTests } from "./approvals.ts";
import { frameworkContract } from "./contract.ts";
import { historyTests } from "./history.ts";

frameworkContract(
  {
    name: "openai-agents",
    chat: true,
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    approvalTests({ server }, { tool: "send_mail", args: { to: "Ada" }, result: "sent to Ada", hearsWhy: true });

    test("the SDK's own forms of input are taken: text, and items", async () => {
      const { agent, stubbed } = server();
      expect(await stubbed.output(agent, "hello")).toBe("heard: hello");
      const content = [{ type: "input_text", text: "hello" }];
      const items = [
        { role: "user", content },
        { type: "function_call", call_id: "c1", name: "get_weather", arguments: "{}" },
        { type: "function_call_output", call_id: "c1", output: "sun" },
      ];
      expect(await stubbed.output(agent, items)).toBe("tool said: sun");
      expect(await stubbed.output(agent, { input: items })).toBe("tool said: sun");
      expect((await stubbed.call(agent, { input: [{ content: "?" }] })).text).toContain('"/input/0"');
    });

    historyTests({ server });

    test("a handoff is an event, and the other agent answers", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/triage`, { input: "[tool transfer_to_stubbed {}]" });
      expect(dataOf(events, "custom")).toEqual([{ name: "handoff", data: { from: "Triage", to: "Stubbed" } }]);
      expect(events.at(-1)?.type).toBe("result");
    });
  },
);
