import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { answeredRun, answeredStream } from "./waiting.ts";

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

    test("`deps` that validate reach the tools; others are the caller's mistake", async () => {
      const { agent, stubbed } = server();
      const input = "[tool where {}]";
      expect(await stubbed.output(agent, { input })).toBe("tool said: nowhere");
      expect(await stubbed.output(agent, { input, deps: { country: "Peru" } })).toBe("tool said: Peru");
      const { status, text } = await stubbed.call(agent, { input, deps: { country: 7 } });
      expect([status, text]).toEqual([422, expect.stringContaining('"/deps/country"')]);
    });

    test("what was said before is history, with the agent's system prompt, unless the session knows it", async () => {
      const { agent, stubbed } = server();
      const messages = [
        { role: "user", content: "one" },
        { role: "assistant", content: "heard: one" },
        { role: "user", content: [{ type: "text", text: "two" }] },
      ];
      expect(await stubbed.output(agent, { messages })).toBe("heard: one | two");
      expect(stubbed.model.requests.at(-1)?.body.messages?.[0]).toMatchObject({ role: "system", content: "Obey." });
      const headers = { "runagent-session": "history" };
      expect(await stubbed.output(agent, { messages }, headers)).toBe("heard: one | two");
      expect(await stubbed.output(agent, { messages }, headers)).toBe("heard: one | two | two");
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
