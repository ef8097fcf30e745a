/**
 * A run's stay at a worker: takes what the worker says about it, in order, and writes it into the run's events. What a
 * run says after its end, while it is being stopped, is dropped; its log lines are not.
 */
import type { JsonText, LimitValues, LogRecord, WorkerEventType } from "@runagent/protocol";
import { isJsonString } from "./outcome.ts";
import type { Pace } from "./pace.ts";
import type { PooledWorker, Stay } from "./pooled-worker.ts";
import type { Execution, RunObserver, RunSink, WorkerOutcome } from "./ports.ts";
import type { Run } from "./run.ts";

export interface FlightOwner {
  readonly limits: LimitValues;
  readonly observer: Pick<RunObserver, "log">;
  landed(flight: Flight, outcome: WorkerOutcome): void;
  /** Its events would pass `events_per_run`. */
  overflowed(flight: Flight): void;
}

const ACK_EVERY = 32; // frames: few enough that the worker never waits, many enough that acks cost nothing

export class Flight implements RunSink, Stay {
  readonly run: Run;
  readonly worker: PooledWorker;
  readonly cost: number;
  readonly pace: Pace | null;
  readonly #owner: FlightOwner;
  execution: Execution | null = null;
  overdue = false;
  over = false;
  lost = false;
  ahead = false;
  recalled = false;
  /** The worker has it. One that was gone already says `lost` at once, in the same tick: then the run has not started. */
  handed = false;
  /** Stops the timer of a stop in progress. */
  stopTimer: (() => void) | null = null;
  #frames = 0;
  #acked = 0;

  constructor(run: Run, worker: PooledWorker, owner: FlightOwner) {
    this.run = run;
    this.worker = worker;
    this.cost = 1 / run.entry.slots;
    this.pace = run.entry.pace;
    this.#owner = owner;
  }

  /** Called right after the invocation: what happens in a later tick happened to a run that had started. */
  settle(): void {
    queueMicrotask(() => {
      this.handed = true;
    });
  }

  get runId(): string {
    return this.run.id;
  }

  event(type: WorkerEventType, data: JsonText, frame: number): void {
    this.#frames = frame - 1;
    this.#count();
    const { run } = this;
    if (this.over || run.ended) return;
    const size = Buffer.byteLength(data);
    if (run.events.bytes + size > this.#owner.limits.events_per_run) {
      this.#owner.overflowed(this);
      return;
    }
    run.events.bytes += size;
    const shown = run.entry.redactor === null ? data : run.entry.redactor.json(data);
    run.events.append(type, shown);
    run.trace?.event(type, shown);
    if (type === "chunk" && isJsonString(shown)) run.events.append("text", `{"delta":${shown}}`);
    else if (type === "usage") this.#addUsage(shown);
  }

  log(record: LogRecord): void {
    this.#count();
    const { run } = this;
    const shown = run.entry.redactor === null ? record : run.entry.redactor.log(record);
    const kept = run.log(shown, this.#owner.limits.logs_per_run);
    if (kept !== null) this.#owner.observer.log({ id: run.id, agent: run.request.agent, version: run.version }, kept);
  }

  state(session: JsonText): void {
    this.#count();
    if (!this.over && !this.run.ended) this.run.sessionState = session;
  }

  step(step: JsonText): void {
    this.#count();
    const { run } = this;
    if (this.over || run.ended) return;
    run.steps ??= [];
    run.steps.push(step);
    run.validTo = run.events.last;
  }

  /** It waits elsewhere, if it has not begun. */
  recall(): void {
    this.recalled = true;
    this.execution?.cancel("recall", null);
  }

  end(outcome: WorkerOutcome): void {
    if (this.over) return;
    this.over = true;
    this.lost = outcome.kind === "lost";
    this.#owner.landed(this, outcome);
  }

  /** A worker keeps the frames of a durable run until they are acknowledged. */
  #count(): void {
    this.#frames += 1;
    if (!this.run.durable || this.#frames - this.#acked < ACK_EVERY) return;
    this.#acked = this.#frames;
    this.execution?.ack(this.#frames);
  }

  #addUsage(data: JsonText): void {
    const usage: unknown = JSON.parse(data);
    if (typeof usage !== "object" || usage === null) return;
    const { run } = this;
    if ("input_tokens" in usage) run.inputTokens = added(run.inputTokens, usage.input_tokens);
    if ("output_tokens" in usage) run.outputTokens = added(run.outputTokens, usage.output_tokens);
  }
}

function added(sum: number | null, more: unknown): number | null {
  return typeof more === "number" && Number.isFinite(more) ? (sum ?? 0) + more : sum;
}
