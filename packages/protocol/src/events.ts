/**
 * The events of a run (docs/reference/api.md). Numbered from 1 without a gap within a run (invariant R2), by the one
 * process that holds the run. `data` is kept as JSON text: numbers stay exactly as the agent wrote them.
 */
export const EVENT_TYPES = [
  "started",
  "chunk",
  "text",
  "reasoning",
  "tool.call",
  "tool.result",
  "custom",
  "usage",
  "waiting",
  "restarted",
  "result",
  "error",
  "cancelled",
] as const;

export type EventType = (typeof EVENT_TYPES)[number];

/** What a worker may send; the others are the server's. */
export const WORKER_EVENT_TYPES = [
  "chunk",
  "text",
  "reasoning",
  "tool.call",
  "tool.result",
  "custom",
  "usage",
] as const;
export type WorkerEventType = (typeof WORKER_EVENT_TYPES)[number];

export const END_TYPES = ["result", "error", "cancelled"] as const;
export type EndType = (typeof END_TYPES)[number];

/** `n` counts from 1; `data` is JSON text. */
export interface RunEvent {
  readonly n: number;
  readonly type: EventType;
  readonly data: string;
}

/** A line of a run's log. Logs are not events: they have no number and take no room among them. */
export interface LogRecord {
  /** RFC 3339, milliseconds, UTC. */
  readonly at: string;
  readonly level: "debug" | "info" | "warning" | "error";
  readonly stream: "stdout" | "stderr" | "logging";
  readonly message: string;
}

export function isEventType(value: unknown): value is EventType {
  return typeof value === "string" && (EVENT_TYPES as readonly string[]).includes(value);
}

export function isEnd(type: EventType): type is EndType {
  return type === "result" || type === "error" || type === "cancelled";
}
