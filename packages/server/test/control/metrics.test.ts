import { expect, test } from "vitest";
import { Metrics } from "../../src/control/metrics.ts";

const metrics = new Metrics({
  gauges: () => ({ queued: 2, openStreams: 3, workers: { idle: 1, busy: 0 } }),
  processes: () => [
    { agent: "a", version: "v1", pid: process.pid },
    { agent: "a", version: "v1", pid: process.pid },
  ],
});

test("runs are counted by status and by whose fault it was", async () => {
  const run = { agent: "a", version: "v1", tag: "t", status: "failed", origin: "agent", queuedMs: 5, ms: 20 };
  metrics.ended(run);
  metrics.ended(run);
  const text = await metrics.text();
  expect(text).toContain('runagent_runs_total{agent="a",version="v1",tag="t",status="failed",origin="agent"} 2');
  expect(text).toContain('runagent_run_seconds_count{agent="a",version="v1",tag="t"} 2');
  expect(text).toContain('runagent_queue_seconds_bucket{le="0.005",agent="a",version="v1",tag="t"} 2');
});

test("what goes on now is read when somebody looks, and the process's own is beside it", async () => {
  metrics.started("fork", 7);
  const text = await metrics.text();
  for (const line of ["runagent_queue_depth 2", "runagent_open_streams 3", 'runagent_workers{state="idle"} 1'])
    expect(text.split("\n")).toContain(line);
  expect(text).toContain('runagent_starts_total{kind="fork"} 1');
  expect(text).toContain('runagent_start_seconds_count{kind="fork"} 1');
  expect(text).toMatch(/^process_cpu_seconds_total/m);
});

test.runIf(process.platform === "linux")("the memory of a version's workers is their sum", async () => {
  const bytes = /^runagent_worker_memory_bytes\{agent="a",version="v1"\} (\d+)$/m.exec(await metrics.text())?.[1];
  const own = process.memoryUsage.rss();
  expect(Number(bytes)).toBeGreaterThan(own);
  expect(Number(bytes)).toBeLessThan(4 * own);
});
