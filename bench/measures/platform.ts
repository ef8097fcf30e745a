/**
 * What a server costs: deploying, going back, calling through it, waking up, a thousand agents that sleep. With containers
 * where they can be had; the LangGraph example of examples/, and the bench's own no-op coroutine for calls.
 */
import { cpSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { DEFAULT_LIMITS } from "@runagent/protocol";
import { RunAgent } from "@runagent/sdk";
import { startProcess } from "@runagent/testing";
import { openSqliteStore } from "../../packages/server/src/engine/index.ts";
import { systemClock } from "../../packages/server/src/scheduler/clock.ts";
import { command } from "../../scripts/run/command.ts";
import { runCalls } from "../load/run.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";
import { rawHttp } from "../subjects/raw-http.ts";
import { pss } from "./memory.ts";

export interface PlatformPlan {
  readonly rounds: number;
  readonly agents: number;
}

const ROOT = resolve(import.meta.dirname, "../..");
const PROGRAM = join(ROOT, "packages/cli/bin/runagent");
const START_MS = 240_000;
const MiB = 1024 * 1024;
const SLEEPERS = "a thousand sleeping agents";

export async function measurePlatform(plan: Plan, samples: Samples): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "runagent-bench-"));
  try {
    const data = join(folder, "data");
    const { key } = await withServer(data, null, async (server) => {
      samples.add("server", "first ready", server.readyMs);
      await measureDeploys(server, folder, { plan: plan.platform, samples });
      await measureCalls(server, folder, { plan, samples });
    });
    await multiply(data, plan.platform.agents);
    await withServer(data, key, async (server) => {
      samples.add(SLEEPERS, "ready", server.readyMs);
      samples.add(SLEEPERS, "memory", pss(server.pid) / MiB);
      samples.add(SLEEPERS, "list", await timed(() => server.client.agents()));
      samples.add("LangGraph", "gone → answer", await timed(() => server.client.agent("weather").run(QUESTION)));
    });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function platformTable(samples: Samples): string {
  const ms = (subject: string, quantity: string): string => `${Math.round(samples.median(subject, quantity))} ms`;
  const rows = [
    ["a server on an empty directory, ready", ms("server", "first ready"), "≤ 1 s"],
    ["deploy, code change only, LangGraph: command → live", ms("LangGraph", "deploy"), "≤ import + 1.5 s"],
    ["… of that the step `start`: import and description", ms("LangGraph", "start"), ""],
    ["rollback to a warm version", ms("LangGraph", "rollback"), "≤ 300 ms"],
    ["promote of a warm version", ms("LangGraph", "promote"), "≤ 300 ms"],
    ["gone → answer, LangGraph", ms("LangGraph", "gone → answer"), "≤ import + 250 ms"],
    ["direct no-op call, c=32, key and container", calls(samples), "≥ 0.45 × raw"],
    [`${SLEEPERS}: ready after a restart`, ms(SLEEPERS, "ready"), "≤ 2 s"],
    [`${SLEEPERS}: the server's memory`, `${Math.round(samples.median(SLEEPERS, "memory"))} MB`, "≤ 150 MB"],
    [`${SLEEPERS}: listed`, ms(SLEEPERS, "list"), "≤ 100 ms"],
  ];
  return ["| what | measured | should be |", "|---|---|---|", ...rows.map((row) => `| ${row.join(" | ")} |`)].join(
    "\n",
  );
}

function calls(samples: Samples): string {
  const ratio = samples.ratio("platform", "raw", "calls").toFixed(2);
  const p99 = samples.median("platform", "p99").toFixed(1);
  return `${Math.round(samples.median("platform", "calls")).toLocaleString("en")}/s, p99 ${p99} ms, ${ratio} × raw`;
}

const QUESTION = { messages: [{ role: "user", content: "hi" }] };

interface Server {
  readonly url: string;
  readonly pid: number;
  readonly readyMs: number;
  readonly key: string;
  readonly client: RunAgent;
}

async function withServer(
  data: string,
  known: string | null,
  work: (server: Server) => Promise<void>,
): Promise<Server> {
  const began = performance.now();
  const process_ = startProcess([PROGRAM, "server", "--data", data, "--port", "0", "--json", "--quiet"], {});
  try {
    const ready: { url: string; login_code: string } = JSON.parse(await process_.line(() => true, START_MS));
    const readyMs = performance.now() - began;
    const { url } = ready;
    const key = known ?? (await new RunAgent({ url }).access.login(ready.login_code)).key;
    const server = { url, pid: process_.pid, readyMs, key, client: new RunAgent({ url, apiKey: key }) };
    await work(server);
    return server;
  } finally {
    process_.signal("SIGINT"); // its sandboxes end with it
    await process_.ended;
  }
}

interface Measuring<P> {
  readonly plan: P;
  readonly samples: Samples;
}

async function measureDeploys(
  server: Server,
  folder: string,
  { plan, samples }: Measuring<PlatformPlan>,
): Promise<void> {
  const agent = join(folder, "weather");
  cpSync(join(ROOT, "examples/langgraph"), agent, { recursive: true });
  await deploy(server, agent);
  for (let round = 1; round <= plan.rounds; round += 1) {
    writeFileSync(join(agent, "change.py"), `ROUND = ${round}\n`);
    const { ms, start } = await deploy(server, agent);
    samples.add("LangGraph", "deploy", ms);
    samples.add("LangGraph", "start", start);
    const { version } = await server.client.deployments.rollback("weather");
    await server.client.deployments.promote("weather", `v${round + 1}`);
    samples.add("LangGraph", "rollback", await timed(() => server.client.deployments.rollback("weather")));
    samples.add(
      "LangGraph",
      "promote",
      await timed(() => server.client.deployments.promote("weather", `v${round + 1}`)),
    );
    if (version !== `v${round}`) throw new Error(`rolled back to ${version}`);
  }
}

async function measureCalls(server: Server, folder: string, { plan, samples }: Measuring<Plan>): Promise<void> {
  const agent = join(folder, "bench");
  cpSync(join(import.meta.dirname, "../agents/python"), agent, { recursive: true });
  await deploy(server, agent);
  const load = { connections: plan.connections, warmMs: plan.warmMs, ms: plan.callMs, body: '{"n":1}' };
  const port = Number(new URL(server.url).port);
  for (let round = 0; round < plan.rounds; round += 1) {
    await using raw = await rawHttp.start();
    const bare = await runCalls({ ...load, port: raw.port, path: "/" });
    samples.add("raw", "calls", bare.perSecond);
    const ours = await runCalls({ ...load, port, path: "/v1/run/bench/echo", authorization: `Bearer ${server.key}` });
    samples.add("platform", "calls", ours.perSecond);
    samples.add("platform", "p99", ours.p99);
    samples.add("platform", "errors", ours.errors);
  }
}

/** The whole command, as a person types it. */
async function deploy({ url, key }: Server, folder: string): Promise<{ readonly ms: number; readonly start: number }> {
  const began = performance.now();
  const env = { ...process.env, RUNAGENT_URL: url, RUNAGENT_API_KEY: key };
  const { ok, output } = await command([PROGRAM, "deploy", folder, "--json", "--yes"], { cwd: folder, env });
  if (!ok) throw new Error(`it was not deployed:\n${output}`);
  const ms = performance.now() - began;
  const start = Number(/"name":"start","ms":(\d+)/.exec(output)?.[1]);
  return { ms, start };
}

/** As many agents as that, each as if it had been deployed: the records of one, written again. */
async function multiply(data: string, count: number): Promise<void> {
  const store = await openSqliteStore({ file: join(data, "engine.db"), limits: DEFAULT_LIMITS, clock: systemClock });
  const records = await store.list("default/");
  const own = records.filter(({ key }) => /^default\/(agents|versions|manifests)\/bench(\/|$)/.test(key));
  const copies = Array.from({ length: count }, (_, i) => `bench-${i}`).flatMap((name) =>
    own.map(({ key, value }) => ({
      key: key.replace("/bench", `/${name}`),
      value: value.replaceAll('"name":"bench"', `"name":"${name}"`).replaceAll('"agent":"bench"', `"agent":"${name}"`),
    })),
  );
  await Promise.all(copies.map(({ key, value }) => store.update(key, () => value)));
  await store.close();
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}
