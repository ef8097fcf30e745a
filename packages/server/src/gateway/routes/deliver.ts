/** How the caller of a run gets to know of it: `202` and the run, the answer, or the events. */
import type { RunAnswer } from "@runagent/protocol";
import type { Exchange } from "../exchange.ts";
import type { Form } from "../http/accept.ts";
import { answerJson, answerProblem, answerThrown } from "../http/answer.ts";
import { appliedOf, type Preference } from "../http/prefer.ts";
import type { RunHandle } from "../ports.ts";
import { outputText, runText } from "../run-text.ts";
import { streamEvents } from "../stream/event-stream.ts";
import type { EventFilter } from "../stream/filter.ts";
import { NDJSON, SSE } from "../stream/format.ts";

/** `wait`: the answer if it comes in time, else as `background`. */
export type Delivery = "background" | "wait" | "value" | "stream";

export interface DeliveryWish {
  readonly delivery: Delivery;
  readonly form: Form;
  readonly filter: EventFilter;
  readonly preference: Preference;
}

export function deliver(exchange: Exchange, handle: RunHandle, wish: DeliveryWish): Promise<void> | void {
  switch (wish.delivery) {
    case "background":
      return answerRun(exchange, handle, wish.preference);
    case "stream": {
      const format = wish.form === "sse" ? SSE : NDJSON;
      return streamEvents(exchange, handle, { format, filter: wish.filter, after: 0, headers: runHeaders(handle) });
    }
    case "wait":
      return deliverInTime(exchange, handle, wish.preference);
    case "value":
      exchange.onOver = handle.attach("json");
      // Not returned: nobody has to wait for it (the hot path).
      handle.answer
        .then((answer) => answerOutcome(exchange, handle, { answer, preference: wish.preference }))
        .catch((thrown: unknown) => answerThrown(exchange, thrown));
  }
}

async function deliverInTime(exchange: Exchange, handle: RunHandle, preference: Preference): Promise<void> {
  const answer = await inTime(exchange, handle, preference.waitMs ?? 0);
  if (answer === null) return answerRun(exchange, handle, preference);
  return answerOutcome(exchange, handle, { answer, preference });
}

/** `202`: the run as it is. */
export function answerRun(exchange: Exchange, handle: RunHandle, preference: Preference): void {
  const headers = runHeaders(handle);
  headers.push("Location", `/v1/runs/${handle.id}`);
  pushApplied(headers, appliedOf(preference, true));
  answerJson(exchange, 202, runText(handle.record()), headers);
}

interface Outcome {
  readonly answer: RunAnswer;
  readonly preference: Preference;
}

function answerOutcome(exchange: Exchange, handle: RunHandle, { answer, preference }: Outcome): void {
  const headers = runHeaders(handle);
  switch (answer.kind) {
    case "waiting":
      answerRun(exchange, handle, preference);
      break;
    case "problem":
      pushApplied(headers, appliedOf(preference, false));
      answerProblem(exchange, { ...answer.problem, run_id: answer.problem.run_id ?? handle.id }, headers);
      break;
    default:
      pushApplied(headers, appliedOf(preference, false));
      answerJson(exchange, 200, outputText(answer), headers);
  }
}

function runHeaders(handle: RunHandle): string[] {
  const link = `</v1/runs/${handle.id}>; rel="self"`;
  const headers = ["RunAgent-Run-Id", handle.id, "RunAgent-Version", handle.version, "Link", link];
  if (handle.replayed) headers.push("Idempotent-Replayed", "true");
  return headers;
}

function pushApplied(headers: string[], applied: string | null): void {
  if (applied !== null) headers.push("Preference-Applied", applied);
}

/** The answer, or null when it did not come within `ms`, or nobody is there to take it. */
async function inTime(exchange: Exchange, handle: RunHandle, ms: number): Promise<RunAnswer | null> {
  const { promise: late, resolve } = Promise.withResolvers<null>();
  const timer = setTimeout(() => resolve(null), ms);
  const leave = handle.attach("json");
  exchange.onOver = () => {
    resolve(null);
    leave();
  };
  const answer = await Promise.race([handle.answer, late]);
  clearTimeout(timer);
  return answer;
}
