import { describe, expect, test } from "vitest";
import {
  encodeSse,
  isId,
  jsonDepth,
  jsonItems,
  jsonMembers,
  newId,
  parseDuration,
  parseSize,
  SseDecoder,
} from "../src/index.ts";

describe("JSON as text", () => {
  test("members and items keep the spelling of their numbers", () => {
    const text = ' { "a" : 1.10, "b\\u0041":[12345678901234567890, {"x":"}\\""}] , "c" : "," } ';
    expect(Object.fromEntries(jsonMembers(text))).toEqual({
      a: "1.10",
      bA: '[12345678901234567890, {"x":"}\\""}]',
      c: '","',
    });
    expect(jsonItems('[ 1e2 ,"a,]", [], {"b":[1]} ]')).toEqual(["1e2", '"a,]"', "[]", '{"b":[1]}']);
  });

  test("nothing in an empty object or array", () => {
    expect([...jsonMembers(" { } ")]).toEqual([]);
    expect(jsonItems(" [ ] ")).toEqual([]);
  });

  test("brackets within strings are no depth", () => {
    expect(jsonDepth('{"[[[": ["]]", {"\\"[": 1}]}', 128)).toBe(3);
    expect(jsonDepth("[".repeat(500), 128)).toBe(129);
  });
});

describe("ids", () => {
  test("ids of one process sort by the order in which they were made", () => {
    const ids = Array.from({ length: 10_000 }, () => newId("run"));
    expect(ids.toSorted()).toEqual(ids);
    expect(new Set(ids).size).toBe(ids.length);
  });

  test("an id is known by its prefix and its form", () => {
    expect(isId("run", newId("run"))).toBe(true);
    expect(isId("run", newId("bat"))).toBe(false);
    expect(isId("run", "run_zzzzzzzzzzzzzzzzzzzzzzzzzz")).toBe(false);
  });

  test("the time of a UUIDv7 stands in its first 48 bits", () => {
    const before = Date.now();
    const bits = [...newId("run").slice(4)].map((c) => "0123456789abcdefghjkmnpqrstvwxyz".indexOf(c));
    const value = bits.reduce((sum, five) => sum * 32n + BigInt(five), 0n);
    const at = Number(value >> 80n);
    expect(at).toBeGreaterThanOrEqual(before);
    expect(at).toBeLessThanOrEqual(before + 1000);
    expect(Number((value >> 76n) & 15n)).toBe(7);
  });
});

describe("server-sent events", () => {
  test("what was encoded is read again, however it is cut", () => {
    const text = `retry: 1000\n\n${encodeSse(1, "chunk", '"a\\nb"')}: ping\n\n${encodeSse(null, "log", "two\nlines\r\nmore")}`;
    for (const size of [1, 2, 5, text.length]) {
      const decoder = new SseDecoder();
      const messages = [];
      for (let at = 0; at < text.length; at += size) messages.push(...decoder.push(text.slice(at, at + size)));
      expect(messages).toEqual([
        { id: "1", event: "chunk", data: '"a\\nb"' },
        { id: null, event: "log", data: "two\nlines\nmore" },
      ]);
      expect(decoder.retryMs).toBe(1000);
    }
  });
});

describe("sizes and durations", () => {
  test.each([
    ["512MB", 512e6],
    ["512MiB", 512 * 2 ** 20],
    ["1.5 GiB", 1.5 * 2 ** 30],
    [1024, 1024],
  ])("%s is %i bytes", (text, bytes) => expect(parseSize(text)).toBe(bytes));

  test.each([
    [20, 20_000],
    ["0.5", 500],
    ["250ms", 250],
    ["30s", 30_000],
    ["10m", 600_000],
    ["24h", 86_400_000],
    ["7d", 604_800_000],
  ])("%s is %i milliseconds", (text, ms) => expect(parseDuration(text)).toBe(ms));

  test.each(["", "10 parsecs", "-1s", "1e9999", "MB"])("%j is neither", (text) => {
    expect(parseSize(text)).toBeUndefined();
    expect(parseDuration(text)).toBeUndefined();
  });
});
