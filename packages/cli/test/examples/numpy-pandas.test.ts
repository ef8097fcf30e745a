import { afterAll, beforeAll, expect, test } from "vitest";
import { type Served, START_MS, serveExample } from "./served.ts";

let served: Served;
beforeAll(async () => {
  served = await serveExample("numpy-pandas");
}, START_MS);
afterAll(() => served?.process.close());

test("NumPy scalars and arrays leave as numbers and lists", async () => {
  expect((await served.call("numpy-pandas/statistics", { numbers: [3, 1, 2] })).text).toBe(
    '{"mean":2.0,"deviation":1.0,"largest":3,"sorted":[1,2,3]}',
  );
});

test("NaN leaves as null", async () => {
  expect(await served.output("numpy-pandas/statistics", { numbers: [5] })).toMatchObject({ mean: 5, deviation: null });
});

test("a data frame leaves as records, what is missing as null, times in ISO 8601", async () => {
  const records = [
    { at: "2026-01-02", x: 1 },
    { at: "2026-01-01", x: null },
  ];
  expect(await served.output("numpy-pandas/table", { records })).toEqual([
    { at: "2026-01-01T00:00:00Z", x: null },
    { at: "2026-01-02T00:00:00Z", x: 1 },
  ]);
});

test("a series leaves as a list", async () => {
  expect((await served.call("numpy-pandas/series", { count: 4 })).text).toBe("[0,1,4,9]");
});

test("every yielded array is a chunk", async () => {
  expect((await served.call("numpy-pandas/rows_stream", { count: 2 })).text).toBe(
    '{"chunks":[[1,0],[0,1]],"output":null}',
  );
});
