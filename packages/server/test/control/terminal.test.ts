import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { Terminal, type TerminalOptions } from "../../src/control/terminal.ts";

function terminal(options: Partial<TerminalOptions>): { readonly terminal: Terminal; readonly out: PassThrough } {
  const out = new PassThrough();
  return { terminal: new Terminal({ out, format: "text", color: false, quiet: false, queue: 1000, ...options }), out };
}

const record = (message: string) =>
  ({ at: "2026-11-22T10:00:00.000Z", level: "info", stream: "stdout", message }) as const;

describe("what an agent prints", () => {
  test("is shown with its colours and tabs, without what moves the cursor or names the window", () => {
    const { terminal: shown, out } = terminal({});
    shown.log("run_1", record("\x1b[31mred\x1b[0m\tand \x1b[2J\x1b]0;mine\x07 \x00\x9b1A\x0e gone"));
    shown.flush();
    expect(String(out.read())).toContain(
      "run_1 │ \x1b[31mred\x1b[0m\tand \ufffd[2J\ufffd]0;mine\ufffd \ufffd\ufffd1A\ufffd gone\n",
    );
  });

  test("is whole in JSON", () => {
    const { terminal: json, out } = terminal({ format: "json" });
    json.open({ event: "ready" });
    json.log("run_1", record("\x1b[2J\x00"));
    json.flush();
    expect(JSON.parse(String(out.read()).split("\n")[1] ?? "")).toMatchObject({ message: "\x1b[2J\x00" });
  });
});

test.each(["text", "json"] as const)("lines that nobody reads are dropped and counted, in %s", (format) => {
  const { terminal: slow, out } = terminal({ format });
  slow.open({ event: "ready" });
  for (let n = 0; n < 100; n += 1) slow.log("run_1", record("x".repeat(100)));
  slow.flush();
  const lines = String(out.read()).trimEnd().split("\n");
  expect(lines.length).toBeLessThan(20);
  expect(lines.at(-1)).toMatch(/\d+ lines were dropped/);
  if (format === "json") for (const line of lines) expect(JSON.parse(line)).toHaveProperty("event");
});
