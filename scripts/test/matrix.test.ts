import { expect, test } from "vitest";
import { saidOf } from "../matrix/contract.ts";
import { FRAMEWORKS } from "../matrix/frameworks.ts";
import { readResults } from "../matrix/results.ts";

test("what a framework cannot do is read from its contract test", () => {
  expect(saidOf("langgraph").get("session")).toBe(true);
  expect(saidOf("langgraph").get("chat")).toContain("the body is the graph's state");
});

test("what was run is of a framework of the table, and of both its versions in order", () => {
  const names = new Set(FRAMEWORKS.map((row) => row.name));
  const results = readResults();
  expect(results.filter((one) => !names.has(one.name))).toEqual([]);
  const keys = results.map((one) => `${one.name} ${one.which}`);
  expect(new Set(keys).size).toBe(keys.length);
});
