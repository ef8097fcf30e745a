import { DEFAULT_LIMITS } from "@runagent/protocol";
import { attributesOf, type Collector, eventually, startCollector } from "@runagent/testing";
import { expect, onTestFinished, test } from "vitest";
import { openTracing, type Tracing } from "../../../src/control/tracing/open-tracing.ts";

interface World {
  readonly collector: Collector;
  readonly tracing: Tracing;
  readonly notes: string[];
  readonly dropped: number[];
}

async function world(env: Record<string, string> = {}): Promise<World> {
  const collector = await startCollector();
  onTestFinished(() => collector.close());
  const notes: string[] = [];
  const dropped: number[] = [];
  const tracing = openTracing({
    env: { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "10", ...env },
    ...{ limits: DEFAULT_LIMITS, version: "1.2.3" },
    note: (sentence) => notes.push(sentence),
    dropped: (spans) => dropped.push(spans),
  });
  if (tracing === null) throw new Error("no traces");
  return { collector, tracing, notes, dropped };
}

const RUN = {
  ...{ id: "run_1", agent: "a", version: "v1", tag: "t", session: "s", createdAt: Date.now() },
  traceparent: null,
};
const END = { status: "succeeded", problem: null, attempt: 1, inputTokens: 3, outputTokens: null } as const;

test("a run, its wait and its tools are spans of one trace, without what was said in them", async () => {
  const { collector, tracing } = await world();
  const request = tracing.tracer.request({
    ...{ method: "POST", route: "/v1/run/{agent}", path: "/v1/run/a", tracestate: "vendor=1" },
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
  });
  const run = tracing.tracer.run({ ...RUN, traceparent: request.traceparent });
  run.dispatched();
  run.event("tool.call", '{"id":"c1","name":"look","args":{"q":"private"}}');
  run.event("tool.call", '{"id":"c2","name":"think","args":{}}');
  run.event("tool.result", '{"id":"c1","name":"look","result":"private"}');
  run.event("tool.result", '{"id":"c2","name":"think","error":"private"}');
  run.ended(END);
  request.end({ status: 200, runId: "run_1", code: null });
  await tracing.close(1000);
  const [agent, server, look, think, queue] = await Promise.all(
    ["invoke_agent a", "POST /v1/run/{agent}", "execute_tool look", "execute_tool think", "runagent.queue"].map(
      (name) => collector.span(name),
    ),
  );
  const trace = "0af7651916cd43dd8448eb211c80319c";
  expect(collector.spans.map((span) => span.traceId)).toEqual(new Array(5).fill(trace));
  expect(server).toMatchObject({ parentSpanId: "b7ad6b7169203331", kind: 2, traceState: "vendor=1" });
  expect(agent?.parentSpanId).toBe(server?.spanId);
  for (const child of [look, think, queue]) expect(child?.parentSpanId).toBe(agent?.spanId);
  expect(think?.status).toEqual({ code: 2, message: "the tool failed" });
  expect(agent === undefined ? null : attributesOf(agent)).toEqual({
    ...{ "gen_ai.operation.name": "invoke_agent", "gen_ai.agent.name": "a", "gen_ai.agent.version": "v1" },
    ...{ "gen_ai.conversation.id": "s", "gen_ai.usage.input_tokens": "3", "runagent.run.id": "run_1" },
    ...{ "runagent.run.status": "succeeded", "runagent.run.attempt": "1", "runagent.entrypoint": "t" },
  });
  expect(JSON.stringify(collector.spans)).not.toContain("private");
  expect(JSON.stringify(collector.resources)).toContain("service.name");
});

test("what is not sampled is not sent, and says so further on", async () => {
  const { collector, tracing } = await world({ OTEL_TRACES_SAMPLER: "always_off" });
  const run = tracing.tracer.run(RUN);
  expect(run.traceparent).toMatch(/-00$/);
  run.ended(END);
  await tracing.close(1000);
  expect(collector.headers).toHaveLength(0);
});

test("a collector that is busy is asked again; headers go with it and are never said", async () => {
  const { collector, tracing, notes, dropped } = await world({ OTEL_EXPORTER_OTLP_HEADERS: "x-key=geheim" });
  collector.answers.push(503);
  tracing.tracer.run(RUN).ended(END);
  await collector.span("invoke_agent a");
  expect(collector.headers.map((one) => one["x-key"])).toEqual(["geheim", "geheim"]);
  expect([notes, dropped]).toEqual([[], []]);
});

test("what cannot be delivered is dropped, counted and said once; and said when it works again", async () => {
  const { collector, tracing, notes, dropped } = await world({ OTEL_EXPORTER_OTLP_HEADERS: "x-key=geheim" });
  collector.answers.push(400, 400);
  for (const expected of [1, 2]) {
    tracing.tracer.run(RUN).ended(END);
    await eventually("it is counted", () => dropped.length === expected, 5000);
  }
  tracing.tracer.run(RUN).ended(END);
  await collector.span("invoke_agent a");
  await eventually("it is said", () => notes.length === 2, 5000);
  expect(notes[0]).toContain("it answered 400");
  expect(notes[1]).toContain("again");
  expect(notes.join()).not.toContain("geheim");
});

test("more than fits into the queue is dropped and counted", async () => {
  const { collector, tracing, dropped } = await world({
    OTEL_BSP_MAX_QUEUE_SIZE: "3",
    OTEL_BSP_SCHEDULE_DELAY: "60000",
  });
  for (let n = 0; n < 5; n += 1) tracing.tracer.run(RUN).ended(END);
  await tracing.close(1000);
  expect(collector.spans).toHaveLength(3);
  expect(dropped).toEqual([1, 1]);
});

test("a collector that is not there holds nobody up at the end", async () => {
  const { collector, tracing, dropped } = await world({ OTEL_BSP_SCHEDULE_DELAY: "60000" });
  await collector.close();
  tracing.tracer.run(RUN).ended(END);
  await tracing.close(1000);
  expect(dropped).toEqual([1]);
});
