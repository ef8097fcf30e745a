/** What follows from what a worker said about a run: pure, so every case can be read, and tested, in one place. */
import type { Interrupt, JsonText, LimitValues, Problem } from "@runagent/protocol";
import { joinedChunks } from "./outcome.ts";
import type { WorkerOutcome } from "./ports.ts";
import { lostProblem, memoryProblem, outputTooLarge, workerProblem } from "./problems.ts";
import type { Redactor } from "./redaction.ts";
import type { RunOutcome } from "./run-state.ts";
import type { Attempts, Entry } from "./version.ts";

export type Verdict =
  | { readonly kind: "ends"; readonly outcome: RunOutcome }
  /** A new attempt after the delay. */
  | { readonly kind: "restarts"; readonly delayMs: number }
  | { readonly kind: "waits"; readonly interrupts: readonly Interrupt[] };

interface Judged {
  readonly id: string;
  readonly attempt: number;
  readonly attemptFrom: number;
  readonly entry: Entry;
  readonly events: { chunks(after: number): JsonText[] };
}

export function verdict(run: Judged, outcome: WorkerOutcome, limits: Pick<LimitValues, "output">): Verdict {
  const { redactor, attempts } = run.entry;
  switch (outcome.kind) {
    case "value":
      return succeeded(run, { output: outcome.output, streamed: false }, limits.output);
    case "stream":
      if (outcome.output !== null) return succeeded(run, { output: outcome.output, streamed: true }, limits.output);
      return streamed(run);
    case "interrupt":
      return { kind: "waits", interrupts: redactedInterrupts(outcome.interrupts, redactor) };
    case "error":
      if (outcome.outOfMemory !== undefined) return failed(run, memoryProblem(run.id, outcome.outOfMemory));
      return failed(run, workerProblem(run.id, outcome.error));
    case "lost":
      return failed(run, lostProblem(run.id, outcome.exit, attempts.idempotent));
  }
}

function succeeded(run: Judged, made: { output: JsonText; streamed: boolean }, limit: number): Verdict {
  if (isLarger(made.output, limit)) return failed(run, outputTooLarge(run.id, limit));
  const output = run.entry.redactor === null ? made.output : run.entry.redactor.json(made.output);
  return ends({ kind: "succeeded", output, streamed: made.streamed });
}

/** The chunks have their own limit, so the text that they make together has none. */
function streamed(run: Judged): Verdict {
  const joined = joinedChunks(run.events.chunks(run.attemptFrom));
  return ends({ kind: "succeeded", output: run.entry.redactor?.json(joined) ?? joined, streamed: true });
}

function failed(run: Judged, problem: Problem): Verdict {
  const { attempts, redactor } = run.entry;
  if (run.attempt < attempts.most && attempts.on.includes(problem.code)) {
    return { kind: "restarts", delayMs: delayBefore(run.attempt + 1, attempts) };
  }
  return ends({ kind: "failed", problem: redactor === null ? problem : redactor.problem(problem) });
}

function delayBefore(attempt: number, { delayMs, factor }: Attempts): number {
  return delayMs * factor ** (attempt - 2);
}

/** A text of at most a third of the limit cannot be larger in UTF-8: the usual case costs a comparison. */
export function isLarger(text: string, limit: number): boolean {
  return text.length * 3 > limit && Buffer.byteLength(text) > limit;
}

function redactedInterrupts(interrupts: readonly Interrupt[], redactor: Redactor | null): readonly Interrupt[] {
  return redactor === null ? interrupts : JSON.parse(redactor.json(JSON.stringify(interrupts)));
}

const ends = (outcome: RunOutcome): Verdict => ({ kind: "ends", outcome });
