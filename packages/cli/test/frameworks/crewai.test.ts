import { expect, test } from "vitest";
import { dataOf, textOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";
import { noteOf } from "./notes.ts";

frameworkContract(
  {
    name: "crewai",
    ask: (request) => ({ request, city: "Lisbon" }),
    chat: "the body is the crew's inputs; `input: chat` in the config hands over `input`, `prompt` and `history`",
    session: "a crew is no conversation: what it remembers is in its own memory; a flow's state is kept",
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("what a session is to a crew, and what asks at a terminal, is said at the start", async () => {
      const { stubbed } = server();
      expect(await noteOf(stubbed, "chat: weather has no `memory`")).toContain("a session changes nothing");
      expect(await noteOf(stubbed, "reviewed: reviewed has a task with `human_input`")).toContain("fails");
    });

    test("content is text, with its task and its agent", async () => {
      const { agent, stubbed } = server();
      const [first] = dataOf(await stubbed.events(agent, { request: "good morning" }), "text");
      expect(first).toMatchObject({ task: "report", agent: "reporter" });
    });

    test.each(["class", "method"])("a class made with @CrewBase runs, named as its %s", async (tag) => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/${tag}`, { request: "good morning" });
      const [result] = dataOf(events, "result");
      expect(result).toEqual({ output: textOf(events) });
      expect(textOf(events)).toContain("good morning");
    });

    test("an input that a task names and the caller leaves out is the caller's mistake", async () => {
      const { agent, stubbed } = server();
      const { status, text } = await stubbed.call(agent, { city: "Lisbon" });
      expect({ status, errors: JSON.parse(text).errors }).toEqual({
        status: 422,
        errors: [{ pointer: "/request", detail: "required" }],
      });
    });

    test("the output of a crew whose last task ends in an object is that object", async () => {
      const { agent, stubbed } = server();
      const output = await stubbed.output(`${agent}/summary`, { request: "good morning" });
      expect(output).toEqual({ text: expect.stringContaining("letters") });
    });

    test("a flow's state is its session's; without one, and with another's id, it begins anew", async () => {
      const { agent, stubbed } = server();
      const session = { "runagent-session": "flow" };
      expect(await stubbed.output(`${agent}/flow`, { name: "Ada" }, session)).toBe("Ada: 1");
      expect(await stubbed.output(`${agent}/flow`, {}, session)).toBe("Ada: 2");
      expect(await stubbed.output(`${agent}/flow`, { id: "flow" })).toBe("nobody: 1");
      const events = await stubbed.events(`${agent}/flow`, { name: "Bob" });
      expect(textOf(events)).toBe("Bob: 1");
    });
  },
);
