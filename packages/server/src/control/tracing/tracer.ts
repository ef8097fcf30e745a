/**
 * What a request and a run look like in a trace: the request, the run in it, its wait, its tools. Names and attributes are
 * those of OpenTelemetry's conventions for HTTP and GenAI agents. No input, no output, no message of an agent is in it.
 */
import type { SpanExporter } from "./exporter.ts";
import type { Span } from "./otlp.ts";
import { RunTrace, type TracedRun } from "./run-trace.ts";
import type { Sampler } from "./sampler.ts";
import { newSpanId, newTraceId, readContext, type TraceContext, writeContext } from "./trace-context.ts";

export interface AskedRequest {
  readonly method: string;
  /** The route's pattern. */
  readonly route: string;
  readonly path: string;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
}

interface AnsweredRequest {
  readonly status: number;
  readonly runId: string | null;
  readonly code: string | null;
}

export interface TracerOptions {
  readonly exporter: Pick<SpanExporter, "add">;
  readonly sample: Sampler;
  readonly now: () => number;
  /** Tools of one run that are at work at a time; more of them are not shown. */
  readonly mostTools: number;
}

export class Tracer {
  readonly #options: TracerOptions;

  constructor(options: TracerOptions) {
    this.#options = options;
  }

  request({ method, route, path, traceparent, tracestate }: AskedRequest) {
    const parent = readContext(traceparent, tracestate);
    const context = this.#child(parent);
    const from = this.#options.now();
    return {
      traceparent: writeContext(context),
      tracestate: context.state,
      end: ({ status, runId, code }: AnsweredRequest): void =>
        this.#add({
          ...{ name: `${method} ${route}`, kind: "server", context, parentId: parent?.spanId ?? null },
          ...{ from, to: this.#options.now(), error: status >= 500 ? (code ?? String(status)) : null },
          attributes: {
            "http.request.method": method,
            "http.route": route,
            "url.path": path,
            "http.response.status_code": status,
            "error.type": status >= 500 ? (code ?? String(status)) : null,
            "runagent.run.id": runId,
          },
        }),
    };
  }

  run(run: TracedRun): RunTrace {
    const parent = readContext(run.traceparent, null);
    const context = this.#child(parent);
    const { now, mostTools } = this.#options;
    return new RunTrace(run, {
      context,
      parentId: parent?.spanId ?? null,
      now,
      mostTools,
      add: (span) => this.#add(span),
    });
  }

  #child(parent: TraceContext | null): TraceContext {
    const traceId = parent?.traceId ?? newTraceId();
    return {
      traceId,
      spanId: newSpanId(),
      isSampled: this.#options.sample(parent, traceId),
      state: parent?.state ?? "",
    };
  }

  #add(span: Span): void {
    if (span.context.isSampled) this.#options.exporter.add(span);
  }
}
