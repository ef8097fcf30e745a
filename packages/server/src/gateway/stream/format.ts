/** The two ways a run's events are written. They know no socket (W1). */
import { encodeSse, LIMITS, type LogRecord, type Problem, type RunEvent, SSE_PING } from "@runagent/protocol";

export interface StreamFormat {
  readonly type: string;
  /** What comes first. */
  readonly head: string;
  /** What is written now and then so that nobody in between closes the connection; "" for nothing. */
  readonly ping: string;
  event(event: RunEvent): string;
  log(record: LogRecord): string;
  /** A mistake after the headers went out. */
  problem(problem: Problem): string;
}

export const SSE: StreamFormat = {
  type: "text/event-stream",
  head: `retry: ${LIMITS.event_retry.value}\n\n`,
  ping: SSE_PING,
  event: ({ n, type, data }) => encodeSse(n, type, data),
  log: (record) => encodeSse(null, "log", JSON.stringify(record)),
  problem: (problem) => encodeSse(null, "error", JSON.stringify(problem)),
};

export const NDJSON: StreamFormat = {
  type: "application/x-ndjson",
  head: "",
  ping: "",
  event: ({ n, type, data }) => line(n, type, data),
  log: (record) => line(null, "log", JSON.stringify(record)),
  problem: (problem) => line(null, "error", JSON.stringify(problem)),
};

function line(n: number | null, type: string, data: string): string {
  // In well-formed JSON a line break is white space between values, never part of one.
  const flat = data.includes("\n") || data.includes("\r") ? data.replace(/[\r\n]+/g, " ") : data;
  return `{"n":${n},"type":"${type}","data":${flat}}\n`;
}
