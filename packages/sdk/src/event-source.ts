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
  const place: Place = { last: source.after, failures: 0, pace: { retryMs: FIRST_PAUSE_MS } };
  let open = source.first;
  for (;;) {
    const outcome = yield* followOnce(source, place, open);
    if (outcome.kind === "nothing left") return;
    if (outcome.kind === "ended") return throwEnding(outcome.event, source.runId);
    open = null;
    place.failures += 1;
    if (place.failures > DEFAULT_LIMITS.reconnect_attempts) throw lost(source, outcome.cause);
    await pause(pauseBefore(place), source.signal);
  }
}

/** How far a reader has come. */
interface Place {
  last: number;
  /** Connections lost since the last event. */
  failures: number;
  readonly pace: StreamPace;
}

type Outcome =
  | { readonly kind: "ended"; readonly event: StreamEvent }
  | { readonly kind: "nothing left" }
  | { readonly kind: "lost"; readonly cause: unknown };

/** One connection, to its end. */
async function* followOnce(
  source: EventSource,
  place: Place,
  open: Response | null,
): AsyncGenerator<StreamEvent, Outcome, undefined> {
  try {
    const response = open ?? (await reopen(source, place.last));
    if (response.status === 204) return { kind: "nothing left" };
    for await (const event of readEvents(response, place.pace)) {
      if (event.n !== null && event.n <= place.last) continue;
      if (event.n !== null) Object.assign(place, { last: event.n, failures: 0 });
      yield event;
      if (event.type !== "log" && isEnd(event.type)) return { kind: "ended", event };
    }
    return { kind: "lost", cause: null };
  } catch (cause) {
    source.signal?.throwIfAborted();
    if (isRunAgentError(cause) && !cause.problem.retryable) throw cause;
    return { kind: "lost", cause };
  }
}

const FIRST_PAUSE_MS = 1000;

/** The server's own `retry:` first, then twice as long each time. */
function pauseBefore({ failures, pace: { retryMs } }: Place): number {
  return Math.min(retryMs * 2 ** (failures - 1), Math.max(retryMs, DEFAULT_LIMITS.reconnect_delay));
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
