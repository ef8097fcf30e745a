/** Traces of a server, when its environment asks for them. */
import type { LimitValues } from "@runagent/protocol";
import { SpanExporter } from "./exporter.ts";
import { traceSettings } from "./settings.ts";
import { Tracer } from "./tracer.ts";

export interface TracingOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly limits: LimitValues;
  /** Of this program. */
  readonly version: string;
  readonly note: (sentence: string) => void;
  readonly dropped: (spans: number) => void;
}

export interface Tracing {
  readonly tracer: Tracer;
  /** Sends what is left, within the time. */
  close(ms: number): Promise<void>;
}

/** Null: none are asked for, or they cannot be had, which is noted. */
export function openTracing({ env, limits, version, note, dropped }: TracingOptions): Tracing | null {
  const { settings, why } = traceSettings(env, limits);
  if (why !== null) note(`There are no traces: ${why}.`);
  if (settings === null) return null;
  const exporter = new SpanExporter({ settings, version, note, dropped });
  const { sample } = settings;
  const now = (): number => performance.timeOrigin + performance.now();
  return {
    tracer: new Tracer({ exporter, sample, now, mostTools: limits.trace_tools }),
    close: (ms) => exporter.close(ms),
  };
}
