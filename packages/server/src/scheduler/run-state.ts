/**
 * The states of a run and the one function that changes them. Invariant R1: a run ends exactly once, because an ended
 * run ignores everything.
 */
import type { CancelledBy, Interrupt, JsonText, Problem } from "@runagent/protocol";

export type RunOutcome =
  | { readonly kind: "succeeded"; readonly output: JsonText; readonly streamed: boolean }
  | { readonly kind: "failed"; readonly problem: Problem }
  | { readonly kind: "cancelled"; readonly by: CancelledBy; readonly reason: string | null };

export type RunState =
  | { readonly kind: "queued" }
  | { readonly kind: "running" }
  | { readonly kind: "waiting"; readonly interrupts: readonly Interrupt[] }
  | { readonly kind: "ended"; readonly outcome: RunOutcome };

export type RunChange =
  /** Handed to a worker. */
  | { readonly kind: "dispatched" }
  /** Its worker was gone, or a new attempt begins: it waits for a slot again. */
  | { readonly kind: "requeued" }
  /** It waits for a person. */
  | { readonly kind: "interrupted"; readonly interrupts: readonly Interrupt[] }
  /** The person has answered. */
  | { readonly kind: "resumed" }
  | { readonly kind: "ended"; readonly outcome: RunOutcome };

export const QUEUED: RunState = { kind: "queued" };
const RUNNING: RunState = { kind: "running" };

/** The only place where a run changes state. A change that does not fit the state leaves it as it is. */
export function advance(state: RunState, change: RunChange): RunState {
  if (state.kind === "ended") return state; // R1
  switch (change.kind) {
    case "dispatched":
      return state.kind === "queued" ? RUNNING : state;
    case "requeued":
      return state.kind === "running" ? QUEUED : state;
    case "interrupted":
      return state.kind === "running" ? { kind: "waiting", interrupts: change.interrupts } : state;
    case "resumed":
      return state.kind === "waiting" ? QUEUED : state;
    case "ended":
      return { kind: "ended", outcome: change.outcome };
  }
}
