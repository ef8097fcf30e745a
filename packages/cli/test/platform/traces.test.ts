/** Traces from the gateway into the agent's code, at a real collector's door: of `serve`, in both languages, and of a server. */
import { mkdir } from "node:fs/promises";
import {
  attributesOf,
  type Collector,
  startCollector,
  startProcess,
  type TemporaryFolder,
  tempFolder,
} from "@runagent/testing";
import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { PROGRAM } from "../command-line.ts";
import { startPlatform } from "../deploy/platform.ts";

const INSTALL_MS = 180_000;
const TRACE = "0af7651916cd43dd8448eb211c80319c";
const PARENT = "b7ad6b7169203331";

const PYTHON = `
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider

trace.set_tracer_provider(TracerProvider())
tracer = trace.get_tracer("mine")


def seen():
    with tracer.start_as_current_span("mine") as span:
        own = span.get_span_context()
        return {"trace": f"{own.trace_id:032x}", "parent": f"{span.parent.span_id:016x}"}


def plain(n: int = 1):
    return seen()


async def later(n: int = 1):
    return seen()


def many(n: int = 1):
    yield seen()


def fails():
    raise ValueError("private")
`;
const TYPESCRIPT = `
import { context, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { BasicTracerProvider } from "@opentelemetry/sdk-trace-base";

context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
trace.setGlobalTracerProvider(new BasicTracerProvider());

export async function later(input: { n?: number }) {
  await new Promise((resolve) => setTimeout(resolve, 1));
  const span = trace.getTracer("mine").startSpan("mine") as unknown as {
    spanContext(): { traceId: string };
    parentSpanContext?: { spanId: string };
  };
  return { trace: span.spanContext().traceId, parent: span.parentSpanContext?.spanId };
}
`;
const PACKAGES = {
  "@opentelemetry/api": "^1.9.0",
  "@opentelemetry/context-async-hooks": "^2.0.0",
  "@opentelemetry/sdk-trace-base": "^2.0.0",
};

const config = (name: string, file: string, modules: readonly string[]): string =>
  JSON.stringify({
    agent_name: name,
    agent_architecture: { entrypoints: modules.map((module) => ({ file, module, tag: module })) },
  });

let folder: TemporaryFolder;
let collector: Collector;

beforeAll(async () => {
  collector = await startCollector();
  folder = await tempFolder({
    "python/agent.py": PYTHON,
    "python/requirements.txt": "opentelemetry-sdk>=1.30\n",
    "python/runagent.config.json": config("traced", "agent.py", ["plain", "later", "many", "fails"]),
    "typescript/agent.ts": TYPESCRIPT,
    "typescript/package.json": JSON.stringify({ private: true, type: "module", dependencies: PACKAGES }),
    "typescript/runagent.config.json": config("traced-ts", "agent.ts", ["later"]),
    "bare/agent.py": "def hello():\n    return 1\n",
    "bare/runagent.config.json": config("bare", "agent.py", ["hello"]),
  });
});

afterAll(async () => {
  await collector.close();
  await folder.close();
});

const variables = () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_BSP_SCHEDULE_DELAY: "50" });

async function serve(name: string): Promise<string> {
  const home = `${folder.path}/home`;
  await mkdir(home, { recursive: true });
  const served = startProcess([PROGRAM, "serve", `${folder.path}/${name}`, "--port", "0", "--json"], {
    env: { ...process.env, RUNAGENT_HOME: home, ...variables() },
  });
  onTestFinished(() => served.close());
  const { url } = JSON.parse(await served.line((line) => line.includes('"event":"ready"'), INSTALL_MS));
  return url;
}

const called = (url: string, path: string, headers: Readonly<Record<string, string>> = {}) =>
  fetch(`${url}/v1/run/${path}`, { method: "POST", body: "{}", headers });

const CARRIED = { traceparent: `00-${TRACE}-${PARENT}-01`, tracestate: "vendor=1" };

test(
  "a Python agent's own spans are children of the run, the run of the request, the request of the caller's span",
  async () => {
    const url = await serve("python");
    for (const tag of ["plain", "later", "many"]) {
      const answer = await called(url, `traced/${tag}`, CARRIED);
      const said: unknown = await answer.json();
      const run = answer.headers.get("runagent-run-id");
      const span = await collector.spanOf("runagent.run.id", String(run), "invoke_agent traced");
      const request = await collector.spanOf("runagent.run.id", String(run), "POST /v1/run/{agent}/{tag}");
      const mine = { trace: TRACE, parent: span.spanId };
      expect(said).toEqual(tag === "many" ? { chunks: [mine], output: null } : mine);
      expect(span).toMatchObject({ traceId: TRACE, parentSpanId: request.spanId });
      expect(request).toMatchObject({ traceId: TRACE, parentSpanId: PARENT, traceState: "vendor=1", kind: 2 });
    }
    const failed = await called(url, "traced/fails");
    const run = String(failed.headers.get("runagent-run-id"));
    await collector.spanOf("runagent.run.id", run, "POST /v1/run/{agent}/{tag}"); // the last one
    const span = await collector.spanOf("runagent.run.id", run, "invoke_agent traced");
    expect(attributesOf(span)).toMatchObject({ "error.type": "AGENT_ERROR", "runagent.run.status": "failed" });
    expect(span.status.code).toBe(2);
    expect(JSON.stringify(collector.spans)).not.toContain("private");
    expect(collector.spans.filter((one) => one.traceId === span.traceId)).toHaveLength(3);
  },
  INSTALL_MS,
);

test(
  "a TypeScript agent's own spans are children of the run too, also after it has waited",
  async () => {
    const url = await serve("typescript");
    const answer = await called(url, "traced-ts/later", CARRIED);
    const run = String(answer.headers.get("runagent-run-id"));
    const span = await collector.spanOf("runagent.run.id", run, "invoke_agent traced-ts");
    expect(await answer.json()).toEqual({ trace: TRACE, parent: span.spanId });
  },
  INSTALL_MS,
);

test(
  "a server traces the agents that are deployed on it, and a stop loses no span",
  async () => {
    const env = { ...variables(), OTEL_BSP_SCHEDULE_DELAY: "60000", OTEL_SERVICE_NAME: "agents" };
    const platform = await startPlatform({ env });
    onTestFinished(() => platform.close());
    await platform.json(["deploy", `${folder.path}/bare`, "--json", "--yes"]);
    const answer = await called(platform.url, "bare/hello", { authorization: `Bearer ${platform.key}` });
    expect(answer.status).toBe(200);
    platform.server.signal("SIGINT");
    await platform.server.ended;
    const run = String(answer.headers.get("runagent-run-id"));
    const span = await collector.spanOf("runagent.run.id", run, "invoke_agent bare");
    expect(attributesOf(span)).toMatchObject({ "gen_ai.agent.version": "v1", "runagent.entrypoint": "hello" });
    expect(JSON.stringify(collector.resources)).toContain('"agents"');
    expect(JSON.stringify(collector.spans)).not.toContain(platform.key);
  },
  INSTALL_MS,
);
