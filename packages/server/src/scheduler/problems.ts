/** The problems that end or refuse a run, each built in one place from the catalogue (G2). */
import type { CancelledBy, Problem, WorkerError } from "@runagent/protocol";
import { problem, RunAgentError } from "@runagent/protocol";
import type { WorkerExit } from "./ports.ts";

/** Seconds that `Retry-After` names: an extension member of the problem. */
const RETRY_AFTER_S = 1; // a slot is free as soon as any run ends

export function cancelledProblem(runId: string, by: CancelledBy, reason: string | null): Problem {
  const why = reason === null ? "" : `: ${reason}`;
  return problem("RUN_CANCELLED", `The run was cancelled by ${BY[by]}${why}.`, { run_id: runId, by, reason });
}

const BY: Readonly<Record<CancelledBy, string>> = {
  caller: "its caller",
  disconnect: "its caller leaving",
  shutdown: "the server stopping",
  operator: "an operator",
};

export function deadlineProblem(runId: string, timeoutMs: number, byCaller: boolean): Problem {
  return problem("DEADLINE_EXCEEDED", `The run did not end within ${timeoutMs / 1000} s.`, {
    run_id: runId,
    origin: byCaller ? "caller" : "agent",
  });
}

export function lostProblem(runId: string, exit: WorkerExit, retryable: boolean): Problem {
  if (exit.outOfMemory !== null) return memoryProblem(runId, exit.outOfMemory);
  return problem("WORKER_LOST", lostDetail(exit), {
    run_id: runId,
    retryable,
    origin: exit.killedByUs ? "platform" : "agent",
    exit_code: exit.code,
    signal: exit.signal,
  });
}

/** A child of the process counts. */
export function memoryProblem(runId: string, of: NonNullable<WorkerExit["outOfMemory"]>): Problem {
  const { limitBytes, peakBytes } = of;
  return problem("OUT_OF_MEMORY", `The process needed more than its ${limitBytes} bytes of memory and was killed.`, {
    run_id: runId,
    limit_bytes: limitBytes,
    peak_bytes: peakBytes,
  });
}

function lostDetail(exit: WorkerExit): string {
  if (exit.killedByUs) return "The process that ran it was killed, because another run in it did not stop.";
  if (exit.signal !== null) return `The process that ran it was ended by signal ${exit.signal}.`;
  if (exit.code !== null) return `The process that ran it ended by itself with exit code ${exit.code}.`;
  return "The process that ran it ended.";
}

/** What the agent's code or its worker reported. */
export function workerProblem(runId: string, error: WorkerError): Problem {
  return problem(error.code, error.detail, {
    run_id: runId,
    ...(error.type !== undefined && { exception: error.type }),
    ...(error.traceback !== undefined && { traceback: error.traceback }),
    ...(error.hint !== undefined && { hint: error.hint }),
    ...(error.errors !== undefined && { errors: error.errors }),
  });
}

export function outputTooLarge(runId: string, limit: number): Problem {
  return problem("OUTPUT_TOO_LARGE", `The output is larger than ${limit} bytes.`, { run_id: runId });
}

export function eventsTooLarge(runId: string, limit: number): Problem {
  return problem("EVENTS_TOO_LARGE", `The run's events are larger than ${limit} bytes together.`, { run_id: runId });
}

/** A fault on the way that is not the agent's: kept with its own code when it has one. */
export function faultProblem(runId: string, fault: unknown): Problem {
  if (fault instanceof RunAgentError) return { ...fault.problem, run_id: runId };
  const detail = fault instanceof Error ? fault.message : String(fault);
  return problem("INTERNAL", detail, { run_id: runId });
}

export function queueFull(whose: string, limit: number): RunAgentError {
  return new RunAgentError("QUEUE_FULL", `${limit} ${whose} wait already.`, { limit, retry_after: RETRY_AFTER_S });
}

export function draining(): RunAgentError {
  return new RunAgentError("DRAINING", "The server takes no new runs because it is stopping.", {
    retry_after: RETRY_AFTER_S,
  });
}

export function sessionBusy(session: string, waiting: number): RunAgentError {
  return new RunAgentError("SESSION_BUSY", `The session ${JSON.stringify(session)} is busy; ${waiting} runs wait.`, {
    retry_after: RETRY_AFTER_S,
  });
}
