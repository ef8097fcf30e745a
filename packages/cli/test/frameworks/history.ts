/** What holds wherever a framework takes earlier messages: the caller's are history, unless the session has its own. */
import { expect, test } from "vitest";
import type { Servers } from "./contract.ts";

const MESSAGES = [
  { role: "user", content: "one" },
  { role: "assistant", content: "heard: one" },
  { role: "user", content: [{ type: "text", text: "two" }] },
];

export function historyTests({ server }: Servers): void {
  test("what was said before is history, unless the session knows it", async () => {
    const { agent, stubbed } = server();
    const headers = { "runagent-session": "history" };
    expect(await stubbed.output(agent, { messages: MESSAGES })).toBe("heard: one | two");
    expect(await stubbed.output(agent, { messages: MESSAGES }, headers)).toBe("heard: one | two");
    expect(await stubbed.output(agent, { messages: MESSAGES }, headers)).toBe("heard: one | two | two");
  });
}
