/** What a run's end is for those who wait for it, and how a generator's output is made from what it yielded. */
import type { EndType, JsonText, RunAnswer } from "@runagent/protocol";
import { cancelledProblem } from "./problems.ts";
import type { RunOutcome, RunState } from "./run-state.ts";

interface Answerable {
  readonly id: string;
  readonly state: RunState;
  readonly attemptFrom: number;
  readonly events: { chunks(after: number): JsonText[] };
}

/** Null while it goes on. */
export function answerOf({ id, state, attemptFrom, events }: Answerable): RunAnswer | null {
  if (state.kind === "waiting") return { kind: "waiting" };
  if (state.kind !== "ended") return null;
  const { outcome } = state;
  switch (outcome.kind) {
    case "succeeded":
      return outcome.streamed
        ? { kind: "streamed", chunks: events.chunks(attemptFrom), output: outcome.output }
        : { kind: "value", output: outcome.output };
    case "failed":
      return { kind: "problem", problem: outcome.problem };
    case "cancelled":
      return { kind: "problem", problem: cancelledProblem(id, outcome.by, outcome.reason) };
  }
}

/** The event that ends the run. */
export function endEvent(outcome: RunOutcome): { readonly type: EndType; readonly data: JsonText } {
  switch (outcome.kind) {
    case "succeeded":
      return { type: "result", data: `{"output":${outcome.output}}` };
    case "failed":
      return { type: "error", data: JSON.stringify(outcome.problem) };
    case "cancelled":
      return { type: "cancelled", data: JSON.stringify({ by: outcome.by, reason: outcome.reason }) };
  }
}

/** The output of a generator without a return value: its strings as one, or null when it yielded anything else. */
export function joinedChunks(chunks: readonly JsonText[]): JsonText {
  if (chunks.length === 0 || !chunks.every(isJsonString)) return "null";
  return `"${chunks.map((chunk) => chunk.slice(1, -1)).join("")}"`;
}

export const isJsonString = (json: JsonText): boolean => json.charCodeAt(0) === 34;
