/**
 * The life of a run: enters, is handed to a worker, ends. Every accepted run ends (R3), once (R1): by its worker's word,
 * its deadline, a cancel, or the loss of its worker; each of these comes through `#finish`.
 */
import type { CancelledBy, JsonText, LimitValues, Problem } from "@runagent/protocol";
import { Deadlines } from "./deadlines.ts";
import { Flight } from "./flight.ts";
import { endEvent } from "./outcome.ts";
import type { Pool } from "./pool.ts";
import type { PooledWorker } from "./pooled-worker.ts";
import type { Clock, Invocation, RunObserver, WorkerOutcome } from "./ports.ts";
import { deadlineProblem, eventsTooLarge, faultProblem } from "./problems.ts";
import type { Attendance, Run } from "./run.ts";
import type { RunOutcome } from "./run-state.ts";
import { Stopping } from "./stopping.ts";
import { type Verdict, verdict } from "./verdict.ts";

export interface LifecycleOptions {
  readonly clock: Clock;
  readonly limits: LimitValues;
  readonly observer: RunObserver;
  readonly poolOf: (run: Run) => Pool<Run>;
  /** It has ended, for its callers. */
  readonly ended: (run: Run) => void;
  /** It has ended and left its worker. */
  readonly gone: (run: Run) => void;
  /** A durable run has changed: resolves when that is kept. */
  readonly keep: (run: Run) => Promise<void>;
}

export class Lifecycle implements Attendance {
  readonly limits: LimitValues;
  readonly observer: RunObserver;
  readonly #options: LifecycleOptions;
  readonly #deadlines: Deadlines<Run>;
  readonly #stopping: Stopping;

  constructor(options: LifecycleOptions) {
    this.#options = options;
    this.limits = options.limits;
    this.observer = options.observer;
    this.#deadlines = new Deadlines(options.clock, (run) => this.#expire(run));
    this.#stopping = new Stopping(options);
  }

  /** The deadline counts from now on, or from when it was admitted. */
  watch(run: Run): void {
    this.#deadlines.add(run);
  }

  /** Nothing stands in its way any more. */
  submit(run: Run): void {
    if (!run.ended) this.#options.poolOf(run).submit(run);
  }

  launch(run: Run, worker: PooledWorker): void {
    const flight = new Flight(run, worker, this);
    run.flying = flight;
    run.change({ kind: "dispatched" });
    if (run.startedAt === null) {
      run.startedAt = this.#options.clock.now();
      run.events.append("started", run.home.startedData);
      run.trace?.dispatched();
    }
    worker.enter(flight, this.#options.clock.now());
    flight.execution = worker.worker.invoke(this.#invocation(run), flight);
    flight.settle();
  }

  /** No worker can be had for it. */
  refuse(run: Run, fault: unknown): void {
    this.fail(run, faultProblem(run.id, fault));
  }

  fail(run: Run, problem: Problem): void {
    this.#finish(run, { kind: "failed", problem });
  }

  cancel(run: Run, by: CancelledBy, reason: string | null): void {
    if (run.ended) return;
    const { flying } = run;
    this.#finish(run, { kind: "cancelled", by, reason });
    if (flying !== null) this.#stopping.stop(flying, by, reason);
  }

  abandoned(run: Run, kind: "json" | "stream"): void {
    if (kind === "json") {
      this.cancel(run, "disconnect", null);
      return;
    }
    run.unattended?.();
    run.unattended = this.#options.clock.after(this.limits.disconnect_grace, () => {
      run.unattended = null;
      if (!run.durable) this.cancel(run, "disconnect", null);
    });
  }

  attended(run: Run): void {
    run.unattended?.();
    run.unattended = null;
  }

  /** The person has answered: the function is called again from its start, in the same attempt. */
  resume(run: Run, answer: JsonText): void {
    run.answers ??= [];
    run.answers.push(answer);
    run.deadline = this.#options.clock.now() + run.timeoutMs;
    run.change({ kind: "resumed" });
    this.#deadlines.add(run);
    this.#keepThen(run, () => this.submit(run));
  }

  landed(flight: Flight, outcome: WorkerOutcome): void {
    const { run, worker } = flight;
    const pool = this.#options.poolOf(run);
    flight.stopTimer?.();
    run.flying = null;
    if (outcome.kind === "lost") pool.lose(worker);
    const { ended } = run;
    if (ended) this.#options.gone(run);
    else if (notBegun(flight, outcome)) this.#again(run);
    else if (cameBack(flight, outcome)) this.#back(run);
    else this.#follow(run, verdict(run, outcome, this.limits));
    const now = ended || run.endedAt === null ? this.#options.clock.now() : run.endedAt;
    pool.leave(worker, flight, now);
    this.#stopping.left(worker);
  }

  overflowed(flight: Flight): void {
    const { run } = flight;
    this.fail(run, eventsTooLarge(run.id, this.limits.events_per_run));
    this.#stopping.stop(flight, "operator", "the run's events are too large together");
  }

  close(): void {
    this.#deadlines.close();
  }

  #follow(run: Run, what: Verdict): void {
    switch (what.kind) {
      case "ends":
        this.#finish(run, what.outcome);
        break;
      case "restarts":
        this.#restart(run, what.delayMs);
        break;
      case "waits":
        this.#wait(run, what.interrupts);
        break;
    }
  }

  /** Free. */
  #again(run: Run): void {
    run.change({ kind: "requeued" });
    queueMicrotask(() => this.submit(run));
  }

  /** It was called back in time: as if it had waited in the queue. */
  #back(run: Run): void {
    run.change({ kind: "requeued" });
    this.#options.poolOf(run).putBack(run);
  }

  #restart(run: Run, delayMs: number): void {
    run.change({ kind: "requeued" });
    run.attempt += 1;
    run.events.append("restarted", `{"attempt":${run.attempt},"discard_after":${run.validTo}}`);
    run.attemptFrom = run.events.last;
    run.sessionState = null; // counts only of an attempt that succeeds
    run.delayed = this.#options.clock.after(delayMs, () => {
      run.delayed = null;
      this.#keepThen(run, () => this.submit(run));
    });
  }

  #wait(run: Run, interrupts: Extract<Verdict, { kind: "waits" }>["interrupts"]): void {
    this.#deadlines.remove(run);
    this.attended(run);
    run.durable = true;
    run.events.append("waiting", JSON.stringify({ interrupts, resume: `/v1/runs/${run.id}/resume` }));
    run.change({ kind: "interrupted", interrupts });
    this.#keepThen(run, () => {});
  }

  #expire(run: Run): void {
    const { flying } = run;
    this.fail(run, deadlineProblem(run.id, run.timeoutMs, run.request.timeoutMs !== null));
    if (flying !== null) this.#stopping.stop(flying, "deadline", null);
  }

  #finish(run: Run, outcome: RunOutcome): void {
    if (run.ended) return; // R1
    run.endedAt = this.#options.clock.now();
    const { type, data } = endEvent(outcome);
    run.events.append(type, data);
    run.change({ kind: "ended", outcome });
    this.#deadlines.remove(run);
    this.attended(run);
    run.delayed?.();
    if (run.flying === null) this.#options.poolOf(run).withdraw(run);
    this.#options.ended(run);
    this.#observe(run, outcome);
    if (run.durable) this.#keepThen(run, () => {});
    if (run.flying === null) this.#options.gone(run);
  }

  /** What waits for the store must not be lost when the store fails: the run ends with that. */
  #keepThen(run: Run, then: () => void): void {
    if (!run.durable) {
      then();
      return;
    }
    this.#options.keep(run).then(then, (fault: unknown) => this.refuse(run, fault));
  }

  #invocation(run: Run): Invocation {
    const { request } = run;
    return {
      runId: run.id,
      tag: request.tag,
      attempt: run.attempt,
      stream: request.stream,
      durable: run.durable,
      deadlineMs: run.deadline,
      sessionId: request.session,
      session: run.sessionState ?? run.seat?.state ?? null,
      user: request.user,
      traceparent: run.trace?.traceparent ?? request.traceparent,
      steps: run.steps ?? NONE,
      answers: run.answers ?? NONE,
      input: request.input,
    };
  }

  #observe(run: Run, outcome: RunOutcome): void {
    const ended = run.endedAt ?? run.createdAt;
    if (run.trace !== null) {
      const problem = outcome.kind === "failed" ? outcome.problem : null;
      const { attempt, inputTokens, outputTokens } = run;
      run.trace.ended({ status: outcome.kind, problem, attempt, inputTokens, outputTokens });
    }
    this.observer.ended({
      id: run.id,
      agent: run.request.agent,
      version: run.version,
      tag: run.request.tag,
      status: outcome.kind,
      problem: outcome.kind === "failed" ? outcome.problem : null,
      queuedMs: (run.startedAt ?? ended) - run.createdAt,
      ms: ended - (run.startedAt ?? ended),
    });
  }
}

const NONE: readonly JsonText[] = [];

/** Its worker was gone before it could start. */
function notBegun(flight: Flight, outcome: WorkerOutcome): boolean {
  if (outcome.kind !== "lost") return false;
  return !flight.handed || (flight.ahead && outcome.complete === true);
}

const cameBack = ({ recalled }: Flight, outcome: WorkerOutcome): boolean =>
  recalled && outcome.kind === "error" && outcome.error.code === "RUN_CANCELLED";
