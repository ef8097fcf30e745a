import { runInThisContext } from "node:vm";
import { RunAgentError } from "@runagent/protocol";
import { describe, expect, it } from "vitest";
import shared from "../../protocol/vectors/leaving.json" with { type: "json" };
import vectors from "../../protocol/vectors/leaving-node.json" with { type: "json" };
import { parseExact } from "../src/exact-json.ts";
import { leave } from "../src/leaving.ts";

describe("leaving", () => {
  for (const { name, js, json, notes, error } of vectors) {
    it(`${error === undefined ? "writes" : "refuses"} ${name}`, () => {
      const value: unknown = runInThisContext(js);
      if (error !== undefined) {
        expect(pointerOf(() => leave(value))).toBe(error);
        return;
      }
      const left = leave(value);
      expect(left.json).toBe(json);
      expect(left.notes.map(({ pointer }) => pointer)).toEqual(notes ?? []);
    });
  }

  for (const { js, json, error, notes } of shared.cases) {
    if (js === undefined) continue;
    it(`${error === undefined ? "writes" : "refuses"} ${js} as every worker does`, () => {
      const value: unknown = runInThisContext(js);
      if (error !== undefined) return expect(pointerOf(() => leave(value))).toBe(error);
      const left = leave(value);
      expect(left.json).toBe(json);
      expect(left.notes).toHaveLength(notes ?? 0);
    });
  }

  it("takes integers above 2^53 in and writes them as they came", () => {
    const text =
      '{"a":9007199254740993,"b":[-12345678901234567890],"c":"1234567890123456789","d":0.1234567890123456789}';
    expect(parseExact(text)).toMatchObject({ a: 9007199254740993n, b: [-12345678901234567890n] });
    expect(leave(parseExact(text)).json).toBe(text.replace("0.1234567890123456789", "0.12345678901234568"));
  });
});

function pointerOf(act: () => unknown): string | undefined {
  try {
    act();
  } catch (error) {
    if (error instanceof RunAgentError && error.code === "OUTPUT_NOT_JSON") return error.problem.errors?.[0]?.pointer;
    throw error;
  }
  return undefined;
}
