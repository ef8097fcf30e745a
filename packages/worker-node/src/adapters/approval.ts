/**
 * Tools that a person must allow first: the question that a run waits with, and what an answer says. One call: `true`,
 * `false`, or `{"approved": true, "reason": "…"}`; several at once: the same for all, or one of these by id.
 */
import type { Question } from "./kept-state.ts";
import { read } from "./read.ts";

export interface Verdict {
  readonly approved: boolean;
  readonly reason: string | null;
}

const SCHEMA = {
  anyOf: [{ type: "boolean" }, { type: "object" }],
  description: "true, false, or {approved, reason}; of several by id",
} as const;

export const approvalQuestion = (id: string, tool: unknown, args: unknown): Question => ({
  id,
  question: { tool, args },
  schema: SCHEMA,
});

/** Whatever does not clearly allow it forbids it. */
export function verdictOf(answer: unknown, id: string): Verdict {
  const own = read(answer, id) ?? answer;
  const reason = read(own, "reason");
  return {
    approved: own === true || read(own, "approved") === true,
    reason: typeof reason === "string" ? reason : null,
  };
}
