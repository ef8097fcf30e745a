import type { StreamEvent } from "@runagent/sdk";
import { expect, test } from "vitest";
import { diffLines } from "../src/compare/diff.ts";
import { brief, outputText, prettyJson } from "../src/parts/json.ts";
import { hashOf, type Place, placeOf } from "../src/router.ts";
import { pack, unpack } from "../src/run/arrival-times.ts";
import type { Arrival } from "../src/run/run-follower.ts";
import { timelineOf } from "../src/timeline/spans.ts";
import { Blocks } from "../src/transcript/blocks.ts";

/** Events in turn, ten milliseconds apart. */
function arrivals(...events: [StreamEvent["type"], unknown][]): Arrival[] {
  return events.map(([type, data], index) => {
    const event = { n: type === "log" ? null : index + 1, type, data, raw: JSON.stringify(data) } as StreamEvent; // as the SDK gives them
    return { event, at: (index + 1) * 10 };
  });
}

function blocksOf(list: readonly Arrival[]): Blocks["list"] {
  const blocks = new Blocks();
  // In two gos, as frames bring them.
  blocks.take(list.slice(0, 3));
  blocks.take(list);
  return blocks.list;
}

test("yielded strings are read once, and an output that repeats the text is not shown again", () => {
  const list = arrivals(
    ["started", {}],
    ["chunk", "a"],
    ["text", { delta: "a" }],
    ["chunk", "b"],
    ["text", { delta: "b" }],
    ["result", { output: "ab" }],
  );
  expect(blocksOf(list)).toEqual([{ kind: "text", key: 2, pieces: ["a", "b"], length: 2 }]);
});

test("a tool's result belongs to its call, whatever comes between", () => {
  const list = arrivals(
    ["tool.call", { id: "1", name: "search", args: { q: 1 } }],
    ["tool.call", { id: "2", name: "read", args: {} }],
    ["text", { delta: "x" }],
    ["tool.result", { id: "1", name: "search", result: [] }],
    ["tool.result", { id: "2", name: "read", error: "no" }],
    ["result", { output: { n: 1 } }],
  );
  expect(blocksOf(list).map((one) => (one.kind === "tool" ? [one.name, one.end?.failed] : one.kind))).toEqual([
    ["search", false],
    ["read", true],
    "text",
    "output",
  ]);
});

test("a timeline has a bar for each tool, one for text in one go, and the wait for a person", () => {
  const line = timelineOf(
    arrivals(
      ["started", {}],
      ["tool.call", { id: "1", name: "search", args: {} }],
      ["log", { message: "x" }],
      ["text", { delta: "a" }],
      ["text", { delta: "b" }],
      ["tool.result", { id: "1", name: "search", result: 1 }],
      ["waiting", { interrupts: [], resume: "" }],
      ["text", { delta: "c" }],
      ["error", {}],
    ),
  );
  expect(line.unit).toBe("ms");
  expect(line.spans.map(({ kind, from, to, failed }) => [kind, from, to, failed])).toEqual([
    ["queue", 0, 10, false],
    ["tool", 20, 60, false],
    ["text", 40, 50, false],
    ["person", 70, 80, false],
    ["text", 80, 80, false],
    ["end", 90, 90, true],
  ]);
});

test("events that nobody saw live are counted, not timed", () => {
  const list = arrivals(["started", {}], ["text", { delta: "a" }]).map((one) => ({ ...one, at: null }));
  expect(timelineOf(list)).toMatchObject({ unit: "events", end: 2 });
});

test("times are kept in few letters", () => {
  const times = [undefined, 3, 5.4, null, 1000];
  expect(unpack(pack(times))).toEqual([null, 3, 5, null, 1000]);
});

test("JSON is set in lines with every digit as it was", () => {
  expect(prettyJson('{"a":12345678901234567890,"b":[],"c":{},"d":[1.0,"x,{\\"}"]}')).toBe(
    '{\n  "a": 12345678901234567890,\n  "b": [],\n  "c": {},\n  "d": [\n    1.0,\n    "x,{\\"}"\n  ]\n}',
  );
  expect(prettyJson("no json")).toBe("no json");
  expect(outputText('{"output": [1, 2.0]}').trim()).toBe("[1, 2.0]");
  expect(brief("abcdef", 3)).toBe("abc…");
});

test("a comparison says what went and what came", () => {
  const signs = (a: string, b: string): string =>
    diffLines(a, b)
      .map(({ sign, text }) => sign + text)
      .join("|");
  expect(signs("a\nb\nc", "a\nx\nc")).toBe(" a|-b|+x| c");
  expect(signs("a\nb", "a\nb")).toBe(" a| b");
  expect(signs("a", "a\nb")).toBe(" a|+b");
});

test("very long texts are compared in bounded time", () => {
  const lines = (mark: string): string => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}`).join("\n");
  expect(diffLines(lines("a"), lines("b"))).toHaveLength(40_000);
});

test("every place has a link that leads back to it", () => {
  const places: Place[] = [
    { kind: "start" },
    { kind: "entrypoint", tag: "a b/ä" },
    { kind: "session", tag: "chat", session: "s/1 %" },
    { kind: "run", id: "run_1" },
    { kind: "compare", a: "run_1", b: "run_2" },
  ];
  for (const place of places) expect(placeOf(hashOf(place))).toEqual(place);
  expect(placeOf("#/nowhere/at/all")).toEqual({ kind: "start" });
  expect(placeOf("#/e/%")).toEqual({ kind: "entrypoint", tag: "%" });
});
