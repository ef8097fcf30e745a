/** Spans as OTLP/JSON. Source: https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding (ids are hexadecimal there). */
import type { TraceContext } from "./trace-context.ts";

export type Attributes = Readonly<Record<string, string | number | null>>;

export interface Span {
  readonly name: string;
  readonly kind: "internal" | "server";
  readonly context: TraceContext;
  readonly parentId: string | null;
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  /** Null ones are left out. */
  readonly attributes: Attributes;
  /** What went wrong, in a few words; null: nothing. */
  readonly error: string | null;
}

const KINDS = { internal: 1, server: 2 } as const;
const ERROR = 2;

/** The body of one post. */
export function exportBody(spans: readonly Span[], resource: Attributes, version: string): string {
  const scopeSpans = [{ scope: { name: "runagent", version }, spans: spans.map(spanJson) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: attributesJson(resource) }, scopeSpans }] });
}

function spanJson({ name, kind, context, parentId, from, to, attributes, error }: Span) {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    ...(context.state !== "" && { traceState: context.state }),
    ...(parentId !== null && { parentSpanId: parentId }),
    flags: context.isSampled ? 1 : 0,
    name,
    kind: KINDS[kind],
    startTimeUnixNano: nanoseconds(from),
    endTimeUnixNano: nanoseconds(Math.max(from, to)),
    attributes: attributesJson(attributes),
    status: error === null ? {} : { code: ERROR, message: error },
  };
}

function attributesJson(attributes: Attributes) {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === null ? [] : [{ key, value: valueJson(value) }],
  );
}

function valueJson(value: string | number) {
  if (typeof value === "string") return { stringValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}

/** A number holds milliseconds to the microsecond, not nanoseconds. */
const nanoseconds = (ms: number): string => `${Math.round(ms * 1000)}000`;
