/** Direct no-op calls over 32 kept-alive connections, the subjects one after the other, the order turned each round. */
import { runCalls, runStreams } from "../load/run.ts";
import type { Plan } from "../plan.ts";
import type { Samples } from "../samples.ts";
import { fastapi } from "../subjects/fastapi.ts";
import { langgraphDev } from "../subjects/langgraph-dev.ts";
import { rawHttp } from "../subjects/raw-http.ts";
import { runagent } from "../subjects/runagent.ts";
import type { Running, Subject } from "../subjects/subject.ts";
import { treeMemory } from "./memory.ts";

/** Row names of the table. */
export const RAW = rawHttp.name;
export const OURS = "RunAgent, Python coroutine";
export const OURS_PLAIN = "RunAgent, Python plain `def`";
export const OURS_TYPESCRIPT = "RunAgent, TypeScript";
export const FASTAPI = "FastAPI, 1 worker, `async def`";
export const FASTAPI_PLAIN = "FastAPI, 1 worker, `def`";
export const FASTAPI_TWO = "FastAPI, 2 workers, `async def`";
export const FASTAPI_TWO_PLAIN = "FastAPI, 2 workers, `def`";
export const LANGGRAPH_DEV = langgraphDev.name;

interface Call {
  readonly row: string;
  readonly path: string;
  readonly body: string;
}

interface Entry {
  readonly subject: Subject;
  readonly calls: readonly Call[];
  readonly stream?: { readonly row: string; readonly path: string };
}

const BODY = '{"n":1}';
const call = (row: string, path: string, body = BODY): Call => ({ row, path, body });

const ENTRIES: readonly Entry[] = [
  { subject: rawHttp, calls: [call(RAW, "/")] },
  {
    subject: fastapi(1),
    calls: [call(FASTAPI, "/echo"), call(FASTAPI_PLAIN, "/plain")],
    stream: { row: FASTAPI, path: "/stream" },
  },
  { subject: fastapi(2), calls: [call(FASTAPI_TWO, "/echo"), call(FASTAPI_TWO_PLAIN, "/plain")] },
  {
    subject: langgraphDev,
    calls: [call(LANGGRAPH_DEV, "/runs/wait", '{"assistant_id":"bench","input":{"n":1}}')],
  },
  {
    subject: runagent("python", "RunAgent, Python"),
    calls: [call(OURS, "/v1/run/bench/echo"), call(OURS_PLAIN, "/v1/run/bench/plain")],
    stream: { row: OURS, path: "/v1/run/bench/stream" },
  },
  { subject: runagent("typescript", OURS_TYPESCRIPT), calls: [call(OURS_TYPESCRIPT, "/v1/run/bench/echo")] },
];

export async function measureCalls(plan: Plan, samples: Samples): Promise<void> {
  for (let round = 0; round < plan.rounds; round += 1) {
    const order = round % 2 === 0 ? ENTRIES : ENTRIES.toReversed();
    for (const entry of order) await measure(entry, plan, samples);
  }
}

async function measure(entry: Entry, plan: Plan, samples: Samples): Promise<void> {
  const name = entry.calls[0]?.row ?? entry.subject.name;
  await using running = await entry.subject.start();
  samples.add(name, "ready ms", running.readyMs);
  samples.add(name, "memory at start", treeMemory(running.pid));
  for (const one of entry.calls) await measureCall(one, running, { plan, samples });
  samples.add(name, "memory after load", treeMemory(running.pid));
  if (entry.stream !== undefined) await measureStream(entry.stream, running, { plan, samples });
}

interface Round {
  readonly plan: Plan;
  readonly samples: Samples;
}

async function measureCall({ row, path, body }: Call, { port }: Running, { plan, samples }: Round): Promise<void> {
  const { connections, warmMs, callMs } = plan;
  const outcome = await runCalls({ port, path, body, connections, warmMs, ms: callMs });
  process.stderr.write(`${row}: ${Math.round(outcome.perSecond)}/s, p99 ${outcome.p99.toFixed(1)} ms\n`);
  samples.add(row, "calls", outcome.perSecond);
  samples.add(row, "p50", outcome.p50);
  samples.add(row, "p99", outcome.p99);
  samples.add(row, "errors", outcome.errors);
}

async function measureStream(
  { row, path }: { row: string; path: string },
  { port }: Running,
  { plan, samples }: Round,
): Promise<void> {
  const { streams, chunks, streamTimes: times } = plan;
  const outcome = await runStreams({ port, path, body: `{"count":${chunks}}`, streams, chunks, times });
  samples.add(row, "chunks", outcome.chunksPerSecond);
  samples.add(row, "first chunk ms", outcome.firstMs);
  samples.add(row, "errors", outcome.errors);
}
