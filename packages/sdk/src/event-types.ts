/** The events of a run as a reader gets them: typed by `type`, with the payload's own JSON text beside it. */
import type { Problem } from "@runagent/protocol/errors";
import { isEventType, type LogRecord } from "@runagent/protocol/events";
import type { CancelledBy, Interrupt } from "@runagent/protocol/run";
import type { SseMessage } from "@runagent/protocol/sse";

export interface EventData {
  started: { readonly attempt: number; readonly version: string };
  /** One yielded item. */
  chunk: unknown;
  /** What a person reads, in order. */
  text: { readonly delta: string };
  reasoning: { readonly delta: string };
  "tool.call": { readonly id: string; readonly name: string; readonly args: unknown };
  "tool.result": { readonly id: string; readonly name: string; readonly result?: unknown; readonly error?: unknown };
  custom: { readonly name: string; readonly data: unknown };
  usage: { readonly input_tokens?: number; readonly output_tokens?: number; readonly model?: string };
  /** The run waits for a person. */
  waiting: { readonly interrupts: readonly Interrupt[]; readonly resume: unknown };
  /** What came after event `discard_after` is void: a new attempt begins. */
  restarted: { readonly attempt: number; readonly discard_after: number };
  result: { readonly output: unknown };
  error: Problem;
  cancelled: { readonly by: CancelledBy; readonly reason: string | null };
  /** Only where `types` asks for `log`; never repeated. */
  log: LogRecord;
}

export type StreamEventType = keyof EventData;

/** `n` counts from 1; null for logs. `raw` is the JSON text of `data`, every digit as the agent wrote it. */
export type StreamEvent = {
  readonly [T in StreamEventType]: {
    readonly n: T extends "log" ? null : number;
    readonly type: T;
    readonly data: EventData[T];
    readonly raw: string;
  };
}[StreamEventType];

/** Reads a message of the wire; undefined for a type that this version of the SDK does not know. */
export function parseEvent(message: SseMessage): StreamEvent | undefined {
  const { event: type, data: raw } = message;
  const n = message.id === null ? null : Number(message.id);
  if (type !== "log" && (!isEventType(type) || n === null)) return undefined;
  return { n, type, data: JSON.parse(raw), raw } as StreamEvent; // our own server's documented payloads
}
