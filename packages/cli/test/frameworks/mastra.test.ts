import { expect, test } from "vitest";
import { approvalTests } from "./approvals.ts";
import { frameworkContract } from "./contract.ts";
import { historyTests } from "./history.ts";
import { noteOf } from "./notes.ts";

frameworkContract(
  {
    name: "mastra",
    chat: true,
    session: true,
    moves: "a memory with a store in the process ends with it",
    text: true,
    tools: true,
    usage: true,
    failures: true,
  },
  ({ server }) => {
    approvalTests(
      { server },
      { tag: "careful", tool: "get_weather", args: { city: "Lisbon" }, result: "sun, 19 °C in Lisbon", goesOn: false },
    );

    historyTests({ server });

    test("a memory in the process, and none, are said at the start", async () => {
      const { stubbed } = server();
      expect(await noteOf(stubbed, "chat: the agent's memory is in its process")).toContain("a session ends with it");
      expect(await noteOf(stubbed, "careful: the agent has no memory")).toContain("not remembered");
    });

    test("`mastra.NAME` names one of its agents", async () => {
      const { stubbed } = server();
      expect(await stubbed.output("stubbed/careful", { input: "hello" })).toBe("heard: hello");
    });
  },
);
