import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { answeredRun, answeredStream } from "./waiting.ts";

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
    const MAIL = '[tool send_mail {"to":"Ada"}]';

    test.each([
      ["streamed", answeredStream],
      ["not streamed", answeredRun],
    ])("a tool that needs approval waits for a person; %s", async (way, run) => {
      const { agent, stubbed } = server();
      const headers = { "runagent-session": `mail ${way}` };
      const events = await run(stubbed, agent, { input: { input: MAIL }, headers, answers: [true] });
      const [asked] = dataOf(events, "waiting");
      expect(asked).toMatchObject({ interrupts: [{ question: { tool: "send_mail", args: { to: "Ada" } } }] });
      expect(dataOf(events, "tool.call")).toHaveLength(1);
      expect(dataOf(events, "tool.result")).toMatchObject([{ name: "send_mail", result: "sent to Ada" }]);
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "tool said: sent to Ada" } });
      expect(await stubbed.output(agent, { input: "and now" }, headers)).toBe(`heard: ${MAIL} | and now`);
    });

    test("the model hears why a person refused", async () => {
      const { agent, stubbed } = server();
      const answers = [{ approved: false, reason: "not today" }];
      const events = await answeredRun(stubbed, agent, { input: { input: MAIL }, answers });
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output: "tool said: not today" } });
    });

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

    test("a handoff is an event, and the other agent answers", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/triage`, { input: "[tool transfer_to_stubbed {}]" });
      expect(dataOf(events, "custom")).toEqual([{ name: "handoff", data: { from: "Triage", to: "Stubbed" } }]);
      expect(events.at(-1)?.type).toBe("result");
    });
  },
);
