/**
 * Follows the events of one run to its end. A lost connection is opened again after the last number seen: no event is
 * missed (R2) and none is given twice. Attempts without a new event are bounded. Pulled: the consumer sets the pace (G1).
 */
import { RunAgentError } from "@runagent/protocol/errors";
import { isEnd } from "@runagent/protocol/events";
import { DEFAULT_LIMITS } from "@runagent/protocol/limits";
import { ConnectionError } from "./connection-error.ts";
import type { StreamEvent, StreamEventType } from "./event-types.ts";
import { pause } from "./pause.ts";
import { isRunAgentError } from "./problem.ts";
import { readEvents, type StreamPace } from "./response-events.ts";
import type { Transport } from "./transport.ts";

export interface EventSource {
  readonly transport: Transport;
  readonly runId: string;
  /** An event stream that is open already; null: open one. */
  readonly first: Response | null;
  /** Number of the last event that the reader has. */
  readonly after: number;
  readonly types: readonly StreamEventType[] | undefined;
  readonly signal: AbortSignal | undefined;
}

/**
 * Ends after `result`. Throws the run's own error after its `error` event was given, RUN_CANCELLED after `cancelled`;
 * besides: ConnectionError, a RunAgentError of the server, the signal's reason.
 */
export async function* followEvents(source: EventSource): AsyncGenerator<StreamEvent, void, undefined> {
  const pace: StreamPace = { retryMs: FIRST_PAUSE_MS };
  let response = source.first;
  let last = source.after;
  let failures = 0;
  for (;;) {
    let cause: unknown;
    let ending: StreamEvent | undefined;
    try {
      response ??= await reopen(source, last);
      if (response.status === 204) return; // ended, and nothing is left to read
      for await (const event of readEvents(response, pace)) {
        if (event.n !== null && event.n <= last) continue;
        if (event.n !== null) {
          last = event.n;
          failures = 0;
        }
        yield event;
        if (event.type !== "log" && isEnd(event.type)) {
          ending = event;
          break;
        }
      }
    } catch (error) {
      source.signal?.throwIfAborted();
      if (isRunAgentError(error) && !error.problem.retryable) throw error;
      cause = error;
    }
    if (ending !== undefined) return throwEnding(ending, source.runId);
    response = null;
    failures += 1;
    if (failures > DEFAULT_LIMITS.reconnect_attempts) throw lost(source, cause);
    await pause(pauseBefore(failures, pace.retryMs), source.signal);
  }
}

const FIRST_PAUSE_MS = 1000;

/** The server's own `retry:` first, then twice as long each time. */
function pauseBefore(attempt: number, retryMs: number): number {
  return Math.min(retryMs * 2 ** (attempt - 1), Math.max(retryMs, DEFAULT_LIMITS.reconnect_delay));
}

function throwEnding(event: StreamEvent, runId: string): void {
  if (event.type === "error") throw RunAgentError.from({ run_id: runId, ...event.data });
  if (event.type !== "cancelled") return;
  const { by, reason } = event.data;
  const detail = reason === null ? `Cancelled by ${by}` : `Cancelled by ${by}: ${reason}`;
  throw new RunAgentError("RUN_CANCELLED", detail, { run_id: runId, by, reason });
}

function reopen(source: EventSource, last: number): Promise<Response> {
  return source.transport.send({
    method: "GET",
    path: `v1/runs/${encodeURIComponent(source.runId)}/events`,
    query: { types: source.types },
    headers: { accept: "text/event-stream", ...(last > 0 ? { "last-event-id": String(last) } : {}) },
    signal: source.signal,
  });
}

function lost(source: EventSource, cause: unknown): ConnectionError {
  const { url } = source.transport;
  return new ConnectionError(url, `The events of ${source.runId} were lost: ${url} does not answer any more`, {
    cause,
  });
}
