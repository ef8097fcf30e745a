import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import { frameworkContract, said } from "./contract.ts";

frameworkContract(
  {
    name: "claude-agent-sdk",
    ask: (prompt) => ({ prompt }),
    said: (output) => said(Reflect.get(Object(output), "result") ?? output),
    chat: "the function's own parameters are the input; `input: chat` in the config makes it the common form",
    session: true,
    text: true,
    tools: true,
    tool: "mcp__weather__get_weather",
    usage: true,
    failures: true,
  },
  ({ server }) => {
    test("a function that hands its messages on streams their blocks, and answers result and cost", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/messages`, { prompt: "hello" });
      expect(dataOf(events, "text")).toEqual([{ delta: "heard: hello" }]);
      expect(dataOf(events, "chunk")).toEqual([]);
      const output = { result: "heard: hello", total_cost_usd: expect.any(Number) };
      expect(events.at(-1)).toMatchObject({ type: "result", data: { output } });
    });

    test("a result that is an error fails the run of a function that only hands it on", async () => {
      const { agent, stubbed } = server();
      const events = await stubbed.events(`${agent}/messages`, { prompt: "[500]" });
      expect(events.at(-1)).toMatchObject({ type: "error", data: { code: "AGENT_ERROR" } });
    });

    test("each turn of a session has a home of its own, which goes with it", async () => {
      const { agent, stubbed } = server();
      const headers = { "runagent-session": "home" };
      const turn = async () => Object(await stubbed.output(`${agent}/transcript`, { prompt: "look" }, headers));
      const turns = [await turn(), await turn()];
      expect(turns.map((one) => one.remembers)).toEqual([false, true]);
      expect(turns.map(({ path }) => existsSync(path) || path.startsWith(homedir()))).toEqual([false, false]);
      expect(turns[0].path).not.toBe(turns[1].path);
    });

    test("each function has a conversation of its own in a session", async () => {
      const { agent, stubbed } = server();
      const headers = { "runagent-session": "own" };
      await stubbed.output(agent, { prompt: "one" }, headers);
      const other = await stubbed.events(`${agent}/messages`, { prompt: "two" }, headers);
      expect(dataOf(other, "text")).toEqual([{ delta: "heard: two" }]);
      expect(await stubbed.output(agent, { prompt: "three" }, headers)).toBe("heard: one | three");
    });
  },
);
