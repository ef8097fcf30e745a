/** W3C trace context: which trace something belongs to, and what is its parent. Source: https://www.w3.org/TR/trace-context/ */
import { randomFillSync } from "node:crypto";

export interface TraceContext {
  /** 32 hexadecimal digits. */
  readonly traceId: string;
  /** 16. */
  readonly spanId: string;
  readonly isSampled: boolean;
  /** Other vendors' part, handed on as it is. */
  readonly state: string;
}

/** Null: there is none, or none that can be read; then a new trace begins. */
export function readContext(traceparent: string | null, state: string | null): TraceContext | null {
  const parts = traceparent === null ? null : PARENT.exec(traceparent);
  if (parts === null) return null;
  const [, traceId = "", spanId = "", flags = "00"] = parts;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1, state: state ?? "" };
}

export const writeContext = ({ traceId, spanId, isSampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;

const PARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})/;

/** Asking for random bytes costs as much as a span, however many they are. */
const random = Buffer.alloc(4096);
let used = random.length;

export const newTraceId = (): string => hex(16);
export const newSpanId = (): string => hex(8);

function hex(bytes: number): string {
  if (used + bytes > random.length) {
    randomFillSync(random);
    used = 0;
  }
  used += bytes;
  return random.toString("hex", used - bytes, used);
}
