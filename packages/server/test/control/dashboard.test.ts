/** The dashboard of `deploy/grafana.json` asks for metrics and labels that a server has. */
import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, test } from "vitest";
import { Metrics } from "../../src/control/metrics.ts";

const DASHBOARD = resolve(import.meta.dirname, "../../../../deploy/grafana.json");
/** Ours, and those of the process and of Node beside them. */
const WORDS = /\b(?:runagent|process|nodejs)_\w+/g;

async function scraped(): Promise<string> {
  const metrics = new Metrics({
    gauges: () => ({ queued: 1, openStreams: 1, workers: { idle: 1 } }),
    processes: () => [{ agent: "a", version: "v1", pid: process.pid }],
  });
  metrics.ended({ agent: "a", version: "v1", tag: "t", status: "failed", origin: "agent", queuedMs: 5, ms: 20 });
  metrics.started("sandbox", 7);
  metrics.evicted("memory");
  metrics.reached({
    ...{ agent: "a", version: "v1", run: null, at: "2026-11-22T12:00:00.000Z", host: "example.org", port: 443 },
    ...{ result: "ok", reason: null, bytes_sent: 1, bytes_received: 1, duration_ms: 1, count: 1 },
  });
  return metrics.text();
}

/** Every query with the labels that it groups and chooses by. */
function queries(): {
  readonly query: string;
  readonly names: readonly string[];
  readonly labels: readonly string[];
}[] {
  const dashboard: { panels: { targets: { expr: string; legendFormat: string }[] }[] } = JSON.parse(
    readFileSync(DASHBOARD, "utf8"),
  );
  return dashboard.panels
    .flatMap(({ targets }) => targets)
    .map(({ expr: query, legendFormat }) => {
      const grouped = [...query.matchAll(/\bby \(([^)]*)\)/g)].flatMap(([, list = ""]) => list.split(/,\s*/));
      const chosen = [...query.matchAll(/(\w+)\s*(?:=~|!=|=)\s*"/g)].map(([, name = ""]) => name);
      const shown = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, name = ""]) => name);
      return { query, names: query.match(WORDS) ?? [], labels: [...grouped, ...chosen, ...shown] };
    });
}

test("every panel asks for a metric of the server, by labels that it has", async () => {
  const samples = (await scraped()).split("\n").filter((line) => !line.startsWith("#"));
  expect(queries().length).toBeGreaterThan(10);
  for (const { query, names, labels } of queries()) {
    expect(names, query).not.toEqual([]);
    for (const name of names) {
      const sample = samples.find((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
      expect(sample, `${name} of ${query}`).toBeDefined();
      for (const label of labels) expect(sample, query).toMatch(new RegExp(`[{,]${label}="`));
    }
  }
});

test("every metric of ours is on it", async () => {
  const known = [...(await scraped()).matchAll(/^# TYPE (runagent_\w+)/gm)].map(([, name = ""]) => name);
  const asked = queries().flatMap(({ names }) => names);
  expect(known.filter((name) => !asked.some((one) => one.startsWith(name)))).toEqual([]);
});
