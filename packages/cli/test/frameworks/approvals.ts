/** What holds wherever a framework asks a person before it calls a tool. */
import { expect, test } from "vitest";
import { dataOf } from "../examples/served.ts";
import type { Servers } from "./contract.ts";
import { moveOn } from "./moving.ts";
import { answeredRun, answeredStream } from "./waiting.ts";

export interface Approval {
  /** Of the stubbed agent that asks; left out: its default entrypoint. */
  readonly tag?: string;
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly result: string;
  /** What the model is told is the reason that was given. */
  readonly hearsWhy?: boolean;
  /** The conversation goes on in its session afterwards. */
  readonly goesOn?: boolean;
}

export function approvalTests({ server }: Servers, approval: Approval): void {
  const { tool, args, result, hearsWhy = false, goesOn = true } = approval;
  const order = `[tool ${tool} ${JSON.stringify(args)}]`;
  const path = (): string => `${server().agent}${approval.tag === undefined ? "" : `/${approval.tag}`}`;

  test.each([
    ["streamed", answeredStream, {}],
    ["not streamed", answeredRun, {}],
    ["answered in another process", answeredRun, { meanwhile: moveOn }],
  ])("a tool that needs approval waits for a person; %s", async (way, run, more) => {
    const { stubbed } = server();
    const headers = { "runagent-session": `approval ${way}` };
    const events = await run(stubbed, path(), { input: { input: order }, headers, answers: [true], ...more });
    expect(dataOf(events, "waiting")).toMatchObject([{ interrupts: [{ question: { tool, args } }] }]);
    expect(dataOf(events, "tool.call")).toHaveLength(1);
    expect(dataOf(events, "tool.result")).toMatchObject([{ name: tool, result }]);
    expect(events.at(-1)).toMatchObject({ type: "result", data: { output: `tool said: ${result}` } });
    if (!goesOn) return;
    expect(await stubbed.output(path(), { input: "and now" }, headers)).toBe(`heard: ${order} | and now`);
  });

  test("a tool that a person refuses is not called", async () => {
    const answers = [{ approved: false, reason: "not today" }];
    const events = await answeredRun(server().stubbed, path(), { input: { input: order }, answers });
    expect(JSON.stringify(dataOf(events, "tool.result"))).not.toContain(result);
    expect(events.at(-1)?.type).toBe("result");
    if (hearsWhy) expect(events.at(-1)).toMatchObject({ data: { output: "tool said: not today" } });
  });
}
