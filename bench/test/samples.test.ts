import { expect, test } from "vitest";
import { wholeAnswer } from "../load/request.ts";
import { Samples } from "../samples.ts";

test("a ratio is the median of the rounds' own ratios, not the ratio of medians", () => {
  const samples = new Samples();
  for (const value of [10, 30, 100]) samples.add("ours", "calls", value);
  for (const value of [5, 10, 100]) samples.add("other", "calls", value);
  expect(samples.ratio("ours", "other", "calls")).toBe(2);
  expect(samples.median("ours", "calls")).toBe(30);
});

test("what was never measured is no number, so that no figure holds by accident", () => {
  expect(new Samples().median("ours", "calls")).toBeNaN();
  expect(new Samples().ratio("ours", "other", "calls") >= 0.5).toBe(false);
});

test("an answer is whole by its length", () => {
  const answer = Buffer.from("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  expect(wholeAnswer(answer)).toEqual({ status: 200, bytes: answer.length });
  expect(wholeAnswer(answer.subarray(0, -1))).toBeNull();
});

test("an answer in chunks is whole with its last one", () => {
  const answer = Buffer.from("HTTP/1.1 500 No\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n");
  expect(wholeAnswer(answer)).toEqual({ status: 500, bytes: answer.length });
  expect(wholeAnswer(answer.subarray(0, -3))).toBeNull();
});
