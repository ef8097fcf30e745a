/**
 * Where traces go, from the variables that OpenTelemetry names; nothing of ours to learn. Without an endpoint there are none.
 * Source: https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/ and …/protocol/exporter/
 */
import type { LimitValues } from "@runagent/protocol";
import { type Sampler, samplerOf } from "./sampler.ts";

export interface TraceSettings {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly sample: Sampler;
  /** Attributes of everything that this server says. */
  readonly resource: Readonly<Record<string, string>>;
  /** Spans that wait; those that go together; milliseconds between two posts, and for one. */
  readonly queue: number;
  readonly batch: number;
  readonly delayMs: number;
  readonly timeoutMs: number;
}

type Env = Readonly<Record<string, string | undefined>>;
type TraceLimits = Pick<LimitValues, "trace_queue" | "trace_batch" | "trace_delay" | "trace_time">;

/** Null: no traces. `why`: they were asked for, and cannot be had. */
export function traceSettings(
  env: Env,
  limits: TraceLimits,
): { readonly settings: TraceSettings | null; readonly why: string | null } {
  const off = (why: string | null) => ({ settings: null, why });
  const own = env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT;
  const endpoint = own || env.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter = env.OTEL_TRACES_EXPORTER || "otlp";
  if (!endpoint || env.OTEL_SDK_DISABLED?.toLowerCase() === "true" || exporter === "none") return off(null);
  if (exporter !== "otlp") return off(`OTEL_TRACES_EXPORTER is ${quoted(exporter)}: only otlp can be had here`);
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL || env.OTEL_EXPORTER_OTLP_PROTOCOL || "http/json";
  if (!protocol.startsWith("http/")) {
    return off(`OTEL_EXPORTER_OTLP_PROTOCOL is ${quoted(protocol)}: OTLP is spoken over HTTP, as JSON (port 4318)`);
  }
  const url = URL.parse(own ? endpoint : `${endpoint.replace(/\/+$/, "")}/v1/traces`);
  if (url === null || !/^https?:$/.test(url.protocol)) return off("OTEL_EXPORTER_OTLP_ENDPOINT is no http URL");
  const name = env.OTEL_TRACES_SAMPLER || "parentbased_always_on";
  const sample = samplerOf(name, env.OTEL_TRACES_SAMPLER_ARG);
  if (sample === null)
    return off(`OTEL_TRACES_SAMPLER ${quoted(name)} is not known, or its argument is not from 0 to 1`);
  const resource = pairs(env.OTEL_RESOURCE_ATTRIBUTES);
  return {
    why: null,
    settings: {
      url: url.href,
      headers: pairs(env.OTEL_EXPORTER_OTLP_TRACES_HEADERS || env.OTEL_EXPORTER_OTLP_HEADERS),
      sample,
      resource: { ...resource, "service.name": env.OTEL_SERVICE_NAME || resource["service.name"] || "runagent" },
      queue: wholeNumber(env.OTEL_BSP_MAX_QUEUE_SIZE) ?? limits.trace_queue,
      batch: wholeNumber(env.OTEL_BSP_MAX_EXPORT_BATCH_SIZE) ?? limits.trace_batch,
      delayMs: wholeNumber(env.OTEL_BSP_SCHEDULE_DELAY) ?? limits.trace_delay,
      timeoutMs:
        wholeNumber(env.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT || env.OTEL_EXPORTER_OTLP_TIMEOUT) ?? limits.trace_time,
    },
  };
}

/** `key=value,key=value`, values percent-encoded. */
function pairs(text: string | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const pair of (text ?? "").split(",")) {
    const at = pair.indexOf("=");
    if (at > 0) found[decoded(pair.slice(0, at).trim())] = decoded(pair.slice(at + 1).trim());
  }
  return found;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // not percent-encoded after all
  }
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : null;
}

const quoted = (text: string): string => JSON.stringify(text);
