/** Which traces are recorded, by the names that OpenTelemetry gives. Source: its "Environment Variable Specification". */
import type { TraceContext } from "./trace-context.ts";

/** Whether a span is recorded whose parent is that, or which begins a trace. */
export type Sampler = (parent: TraceContext | null, traceId: string) => boolean;

/** Null: the name is not known. */
export function samplerOf(name: string, argument: string | undefined): Sampler | null {
  const isOfParent = name.startsWith("parentbased_");
  const root = rootOf(isOfParent ? name.slice("parentbased_".length) : name, argument);
  if (root === null || !isOfParent) return root;
  return (parent, traceId) => (parent === null ? root(null, traceId) : parent.isSampled);
}

function rootOf(name: string, argument: string | undefined): Sampler | null {
  if (name === "always_on") return () => true;
  if (name === "always_off") return () => false;
  if (name !== "traceidratio") return null;
  const share = argument === undefined || argument === "" ? 1 : Number(argument);
  if (!(share >= 0 && share <= 1)) return null;
  // The last 56 bits are random in every trace id; 52 of them are exact in a number.
  return (_parent, traceId) => Number.parseInt(traceId.slice(-13), 16) < share * 2 ** 52;
}
