import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract, type Server } from "./contract.ts";
import { moveOn } from "./moving.ts";
import { noteOf } from "./notes.ts";

const say = (content: string): unknown => ({ messages: [{ role: "user", content }] });

frameworkContract(
  { name: "agno", chat: true, session: true, text: true, tools: true, usage: true, failures: true },
  ({ server }) => {
    test("an agent without a db is said to be kept by us", async () => {
      const note = await noteOf(server().stubbed, "chat: agent has no `db`");
      expect(note).toContain("sessions are kept by RunAgent");
    });

    test("a tool that needs a confirmation makes the run wait, and runs when it is given", async () => {
      const order = '[tool book {"city":"Lisbon"}]';
      const { asked, output } = await answered(server, order, true);
      expect(asked).toMatchObject({ question: { tool: "book", args: { city: "Lisbon" } } });
      expect(output).toBe("tool said: booked: Lisbon");
    });

    test("a confirmation that is refused is told to the model, and the session goes on", async () => {
      const session = { "runagent-session": "refused" };
      const { output } = await answered(
        server,
        '[tool book {"city":"Lisbon"}]',
        { approved: false, reason: "no" },
        session,
      );
      expect(output).not.toContain("booked");
      const { agent, stubbed } = server();
      expect(await stubbed.output(`${agent}/booking`, say("and now"), session)).toMatch(/Lisbon.*and now/s);
    });

    test("a tool that asks for input is answered with its fields", async () => {
      const { asked, output } = await answered(server, "[tool greet {}]", { name: "Ada" });
      expect(asked).toMatchObject({ question: { tool: "greet", fields: [{ name: "name" }] } });
      expect(output).toBe("tool said: hello, Ada");
    });

    test("a team answers with what its leader says; its text is no member's", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/team`, say("good morning"));
      const [result] = dataOf(events, "result");
      expect(result).toEqual({ output: textOf(events) });
      expect(textOf(events)).toContain("good morning");
    });

    test("a workflow answers with what its last step says; its steps are custom events", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/workflow`, { input: "good morning" });
      const [result] = dataOf(events, "result");
      expect(result).toEqual({ output: textOf(events) });
      expect(textOf(events)).toContain("good morning");
      const steps = dataOf(events, "custom").filter((one) => Reflect.get(Object(one), "name") === "StepCompleted");
      expect(steps).toHaveLength(2);
      expect(dataOf(events, "usage")).toHaveLength(2);
      expect(await stubbed.output(`${agent}/workflow`, { input: "good morning" })).toBe(textOf(events));
    });
  },
);

/** A run of `booking` that waits, answered in another process: what it asked, and its output. */
async function answered(server: Server, order: string, value: unknown, session: Record<string, string> = {}) {
  const { agent, stubbed } = server();
  const { status, text } = await stubbed.call(`${agent}/booking`, say(order), session);
  expect(status, text).toBe(202);
  const waiting: { id: string; waiting: { interrupts: unknown[] } } = JSON.parse(text);
  const run = `${stubbed.url.replace(/\/$/, "")}/v1/runs/${waiting.id}`;
  await moveOn(stubbed);
  const resumed = await fetch(`${run}/resume`, { method: "POST", body: JSON.stringify({ value }) });
  expect(resumed.status).toBe(202);
  await (await fetch(`${run}/events`)).text();
  const ended: { output: unknown } = JSON.parse(await (await fetch(run)).text());
  return { asked: waiting.waiting.interrupts[0], output: ended.output };
}
