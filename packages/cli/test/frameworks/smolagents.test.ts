import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract } from "./contract.ts";

frameworkContract(
  {
    name: "smolagents",
    chat: true,
    session: true,
    text: "an agent works in steps and gives its final answer whole: it comes as one piece of text",
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("its steps are custom events, and its final answer is the only text", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(agent, { task: '[tool get_weather {"city":"Lisbon"}]' });
      const steps = dataOf(events, "custom");
      expect(steps).toMatchObject([1, 2].map((step) => ({ name: "step", data: { step, error: null } })));
      const [output] = dataOf(events, "result");
      expect(dataOf(events, "text")).toEqual([{ delta: Reflect.get(Object(output), "output") }]);
    });

    test("a task without text is the caller's mistake, with its place", async () => {
      const { agent, stubbed } = server();
      const { status, text } = await stubbed.call(agent, { task: "hello", additional_args: 7 });
      expect(status).toBe(422);
      expect(text).toContain("/additional_args");
    });
  },
);
