/** What is remembered of connections and refusals. */
import { expect, test } from "vitest";
import { EgressRecords, type Report } from "../../src/egress/index.ts";

const VISITOR = { agent: "a", version: "v1" };
const report = (n: number, more: Partial<Report> = {}): Report => ({
  ...{ id: "s", n, at: 0, host: "a.example", port: 443, result: "ok", reason: null, sent: 1, received: 2, ms: 3 },
  ...more,
});
const refusal = (n: number, host: string): Report =>
  report(n, { host, port: null, result: "refused", reason: "not_allowed", sent: 0, received: 0, ms: null });

test("a connection is one record from its opening to its end, with the run of its opening", () => {
  const runs = ["run_1", "run_2"];
  const records = new EgressRecords(10, () => runs.shift() ?? null);
  records.add(VISITOR, report(1, { result: "open", ms: null }));
  records.add(VISITOR, report(1));
  expect(records.list("a", null, 10).items).toMatchObject([
    { run: "run_1", result: "ok", bytes_sent: 1, duration_ms: 3 },
  ]);
});

test("refusals of the same are counted, and a flood of them pushes no connection out", () => {
  const records = new EgressRecords(3, () => null);
  records.add(VISITOR, report(1));
  for (let n = 2; n < 50; n += 1) records.add(VISITOR, refusal(n, `${n}.evil.example`));
  records.add(VISITOR, refusal(50, "49.evil.example"));
  const hosts = records.list("a", null, 10).items.map((one) => `${one.host} ${one.count}`);
  expect(hosts).toEqual(["49.evil.example 2", "48.evil.example 1", "47.evil.example 1", "a.example 1"]);
});

test("pages are newest first and follow one another", () => {
  const records = new EgressRecords(10, () => null);
  for (const n of [1, 2, 3]) records.add(VISITOR, report(n, { sent: n }));
  const first = records.list("a", null, 2);
  expect(first.items.map((one) => one.bytes_sent)).toEqual([3, 2]);
  expect(records.list("a", first.next, 2)).toMatchObject({ items: [{ bytes_sent: 1 }], next: null });
  expect(records.list("b", null, 2).items).toEqual([]);
});
