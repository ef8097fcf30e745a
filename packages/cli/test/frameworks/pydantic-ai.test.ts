import { expect, test } from "vitest";
import { approvalTests } from "./approvals.ts";
import { frameworkContract } from "./contract.ts";
import { historyTests } from "./history.ts";

frameworkContract(
  {
    name: "pydantic-ai",
    chat: true,
    session: true,
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    approvalTests({ server }, { tool: "send_mail", args: { to: "Ada" }, result: "sent to Ada", hearsWhy: true });

    test("`deps` that validate reach the tools; others are the caller's mistake", async () => {
      const { agent, stubbed } = server();
      const input = "[tool where {}]";
      expect(await stubbed.output(agent, { input })).toBe("tool said: nowhere");
      expect(await stubbed.output(agent, { input, deps: { country: "Peru" } })).toBe("tool said: Peru");
      const { status, text } = await stubbed.call(agent, { input, deps: { country: 7 } });
      expect([status, text]).toEqual([422, expect.stringContaining('"/deps/country"')]);
    });

    historyTests({ server });

    test("a history gets the agent's system prompt", async () => {
      const { agent, stubbed } = server();
      const messages = ["one", "two"].map((content) => ({ role: "user", content }));
      await stubbed.output(agent, { messages });
      expect(stubbed.model.requests.at(-1)?.body.messages?.[0]).toMatchObject({ role: "system", content: "Obey." });
    });

    test("the framework's own form of input is taken: text, or a prompt and its messages", async () => {
      const { agent, stubbed } = server();
      expect(await stubbed.output(agent, "hello")).toBe("heard: hello");
      const message_history = [
        { kind: "request", parts: [{ part_kind: "user-prompt", content: "one" }] },
        { kind: "response", parts: [{ part_kind: "text", content: "heard: one" }] },
      ];
      expect(await stubbed.output(agent, { user_prompt: "two", message_history })).toBe("heard: one | two");
      const { status, text } = await stubbed.call(agent, { prompt: "two", message_history: [{ kind: "what" }] });
      expect([status, text]).toEqual([422, expect.stringContaining('"/message_history/0')]);
    });
  },
);
