import { DEFAULT_LIMITS } from "@runagent/protocol";
import { describe, expect, test } from "vitest";
import { samplerOf } from "../../../src/control/tracing/sampler.ts";
import { traceSettings } from "../../../src/control/tracing/settings.ts";
import { newSpanId, newTraceId, readContext, writeContext } from "../../../src/control/tracing/trace-context.ts";

const BASE = "OTEL_EXPORTER_OTLP_ENDPOINT";
const settingsOf = (env: Record<string, string>) => traceSettings(env, DEFAULT_LIMITS);

describe("the environment of OpenTelemetry", () => {
  test("without an endpoint, or switched off, there are no traces and nothing is said", () => {
    for (const env of [
      {},
      { [BASE]: "" },
      { [BASE]: "http://a", OTEL_SDK_DISABLED: "TRUE" },
      { [BASE]: "http://a", OTEL_TRACES_EXPORTER: "none" },
    ]) {
      expect(settingsOf(env)).toEqual({ settings: null, why: null });
    }
  });

  test("an endpoint for all signals gets the path, one for traces is used as it stands", () => {
    expect(settingsOf({ [BASE]: "http://a:4318/" }).settings?.url).toBe("http://a:4318/v1/traces");
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: "https://b/x", [BASE]: "http://a" };
    expect(settingsOf(own).settings?.url).toBe("https://b/x");
  });

  test("headers, names, times and sizes are taken", () => {
    const { settings } = settingsOf({
      ...{ [BASE]: "http://a", OTEL_EXPORTER_OTLP_HEADERS: "x-key=a%20b, y=c=d", OTEL_SERVICE_NAME: "mine" },
      ...{ OTEL_RESOURCE_ATTRIBUTES: "service.name=other,team=blue", OTEL_BSP_MAX_QUEUE_SIZE: "9" },
      ...{ OTEL_BSP_SCHEDULE_DELAY: "7", OTEL_EXPORTER_OTLP_TIMEOUT: "0" },
    });
    expect(settings).toMatchObject({
      headers: { "x-key": "a b", y: "c=d" },
      resource: { "service.name": "mine", team: "blue" },
      ...{ queue: 9, delayMs: 7, batch: DEFAULT_LIMITS.trace_batch, timeoutMs: DEFAULT_LIMITS.trace_time },
    });
  });

  test("what cannot be had is named", () => {
    const wrong = (more: Record<string, string>): string | null => settingsOf({ [BASE]: "http://a", ...more }).why;
    expect(wrong({ OTEL_EXPORTER_OTLP_PROTOCOL: "grpc" })).toContain('"grpc"');
    expect(wrong({ [BASE]: "a:4318" })).toContain("no http URL");
    expect(wrong({ OTEL_TRACES_SAMPLER: "jaeger_remote" })).toContain('"jaeger_remote"');
    expect(wrong({ OTEL_TRACES_SAMPLER: "traceidratio", OTEL_TRACES_SAMPLER_ARG: "2" })).toContain("0 to 1");
    expect(wrong({ OTEL_TRACES_EXPORTER: "zipkin" })).toContain('"zipkin"');
  });
});

describe("samplers", () => {
  test("a share of the traces is recorded, the same ones everywhere", () => {
    const sample = samplerOf("traceidratio", "0.25");
    const ids = Array.from({ length: 4000 }, newTraceId);
    const taken = ids.filter((id) => sample?.(null, id));
    expect(taken.length).toBeGreaterThan(800);
    expect(taken.length).toBeLessThan(1200);
    expect(ids.filter((id) => sample?.(null, id))).toEqual(taken);
  });

  test("the parent decides where it is asked to", () => {
    const sampled = readContext(`00-${newTraceId()}-${newSpanId()}-01`, null);
    const not = readContext(`00-${newTraceId()}-${newSpanId()}-00`, null);
    const sample = samplerOf("parentbased_always_off", undefined);
    expect([sampled, not, null].map((parent) => sample?.(parent, newTraceId()))).toEqual([true, false, false]);
  });
});

test("a trace context is read and written as it came", () => {
  const text = `00-${newTraceId()}-${newSpanId()}-01`;
  const context = readContext(text, "vendor=1");
  expect(context).toMatchObject({ isSampled: true, state: "vendor=1" });
  expect(context === null ? null : writeContext(context)).toBe(text);
  for (const wrong of [
    null,
    "",
    "00-0-0-01",
    `ff-${newTraceId()}-${newSpanId()}-01`,
    `00-${"0".repeat(32)}-${newSpanId()}-01`,
  ]) {
    expect(readContext(wrong, null)).toBeNull();
  }
});
