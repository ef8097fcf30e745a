import { expect, test } from "vitest";
import { RunTally } from "../../src/control/run-tally.ts";

const RUN = { agent: "a", version: "v1", tag: "t", status: "succeeded", origin: "none", queuedMs: 0, ms: 5 };

test("each bucket of a time has all below it, and the last one everything", () => {
  const tally = new RunTally([0.005, 0.01]);
  for (const ms of [5, 7, 50]) tally.add({ ...RUN, ms });
  const lines = tally.text().split("\n");
  for (const line of [
    'runagent_run_seconds_bucket{le="0.005",agent="a",version="v1",tag="t"} 1',
    'runagent_run_seconds_bucket{le="0.01",agent="a",version="v1",tag="t"} 2',
    'runagent_run_seconds_bucket{le="+Inf",agent="a",version="v1",tag="t"} 3',
    'runagent_run_seconds_sum{agent="a",version="v1",tag="t"} 0.062',
    'runagent_run_seconds_count{agent="a",version="v1",tag="t"} 3',
  ]) {
    expect(lines).toContain(line);
  }
});

test("runs that ended in different ways are counted apart, their times together", () => {
  const tally = new RunTally([1]);
  tally.add(RUN);
  tally.add({ ...RUN, status: "failed", origin: "agent" });
  tally.add(RUN);
  const text = tally.text();
  expect(text).toContain('runagent_runs_total{agent="a",version="v1",tag="t",status="succeeded",origin="none"} 2');
  expect(text).toContain('runagent_runs_total{agent="a",version="v1",tag="t",status="failed",origin="agent"} 1');
  expect(text).toContain('runagent_queue_seconds_count{agent="a",version="v1",tag="t"} 3');
});

test("a quote, a backslash and a line break in a name do not break the text", () => {
  const tally = new RunTally([1]);
  tally.add({ ...RUN, tag: 'a"b\\c\nd' });
  expect(tally.text()).toContain('tag="a\\"b\\\\c\\nd"');
});
