/**
 * Decides which worker runs what, when, and for how long. Made of parts that know nothing of each other: this file is
 * the only one that does.
 */
import type {
  Caller,
  CancelledBy,
  JsonText,
  LimitValues,
  LogRecord,
  Page,
  RunFilter,
  RunRecord,
  RunRequest,
} from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { Admission } from "./admission.ts";
import type { Batch } from "./batch.ts";
import { BatchTable } from "./batches.ts";
import { IdempotencyKeys, type IdempotentRequest, type KeyScope } from "./idempotency.ts";
import type { JoinedRun } from "./joined-run.ts";
import { Lifecycle } from "./lifecycle.ts";
import { listRuns } from "./listing.ts";
import { PlacedVersion } from "./placed-version.ts";
import type { Clock, RecordStore, RunObserver, RunTracer, VersionSource } from "./ports.ts";
import { Records } from "./records.ts";
import type { Run } from "./run.ts";
import { toKept } from "./run-record.ts";
import { SessionTable } from "./sessions.ts";
import { Versions } from "./versions.ts";
import { type SchedulerStats, statsOf, type WorkerRow, workerRows } from "./worker-rows.ts";

export interface SchedulerOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly observer: RunObserver;
  readonly limits: LimitValues;
  readonly tracer?: RunTracer;
  /** Told of every run that has ended, with all that is known of it. */
  readonly archive?: (run: Run) => void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  return new Scheduler(options);
}

export class Scheduler {
  readonly runs: SchedulerRuns;
  readonly batches: BatchTable;
  readonly sessions: SessionTable<Run>;
  readonly #options: SchedulerOptions;
  readonly #versions: Versions;
  readonly #records: Records;
  readonly #keys: IdempotencyKeys<Run>;
  readonly #lifecycle: Lifecycle;
  readonly #admission: Admission;
  /** Somebody waits for the last run to end. */
  #whenIdle: (() => void) | null = null;

  constructor(options: SchedulerOptions) {
    const { clock, limits, observer } = options;
    this.#options = options;
    this.#keys = new IdempotencyKeys(clock, limits.idempotency_time);
    this.#records = new Records(limits, (run) => this.#forgotten(run));
    this.sessions = new SessionTable({
      clock,
      limits,
      stateAfter: (caller, runId, session) => stateAfter(this.#records.get(caller, runId), session),
      ttlMs: (agent) => this.#versions.newest(agent)?.source.config.session.ttlMs ?? null,
    });
    const keep = (run: Run): Promise<void> => this.#keep(run);
    this.#lifecycle = new Lifecycle({
      clock,
      limits,
      observer,
      poolOf: (run) => this.#versions.poolOf(run.home),
      ended: (run) => this.#ended(run),
      gone: (run) => this.#gone(run),
      keep,
    });
    this.#versions = new Versions({
      clock,
      limits,
      observer,
      launch: (run, worker) => this.#lifecycle.launch(run, worker),
      refuse: (run, fault) => this.#lifecycle.refuse(run, fault),
    });
    const parts = { clock, limits, lifecycle: this.#lifecycle, versions: this.#versions };
    const { sessions } = this;
    const tracer = options.tracer ?? null;
    this.#admission = new Admission({ ...parts, records: this.#records, keys: this.#keys, sessions, keep, tracer });
    this.runs = new SchedulerRuns(this.#admission, this.#records);
    const batchKeys = new IdempotencyKeys<Batch>(clock, limits.idempotency_time);
    this.batches = new BatchTable({ ...parts, admission: this.#admission, keys: batchKeys });
  }

  /** New runs of its agent may name it from now on. Its sandbox is loaded. */
  addVersion(source: VersionSource): PlacedVersion {
    const version = this.#versions.add(source);
    return new PlacedVersion(version, this.#versions, {
      graceMs: this.#options.limits.stop_grace,
      cancelRuns: (reason) => {
        const runs = [...this.#records.live()].filter((run) => run.home === version);
        for (const run of runs) this.#lifecycle.cancel(run, "operator", reason);
      },
    });
  }

  /** No new runs; resolves when the running ones have ended on it and its sandbox is closed. */
  retireVersion(agent: string, version: string): Promise<void> {
    return this.#versions.retire(agent, version, this.#options.limits.stop_grace);
  }

  /** No new runs; resolves when the last has ended, or when the grace is over. */
  async drain(graceMs: number): Promise<void> {
    this.#admission.close();
    if (graceMs === 0 || this.#isIdle()) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#whenIdle = resolve;
    const stop = this.#options.clock.after(graceMs, resolve);
    await promise;
    stop();
  }

  /** Every run ends `cancelled` by `shutdown`; resolves when the processes are gone. */
  async close(graceMs: number): Promise<void> {
    this.#admission.close();
    for (const run of [...this.#records.live()]) this.#lifecycle.cancel(run, "shutdown", null);
    await this.#versions.close(graceMs);
    this.#lifecycle.close();
  }

  workers(): readonly WorkerRow[] {
    return workerRows(this.#versions.all());
  }

  /** What the metrics show now. */
  stats(): SchedulerStats {
    return statsOf(this.#versions.all());
  }

  #ended(run: Run): void {
    const { state, seat, request } = run;
    this.#admission.left(run);
    if (state.kind === "ended" && state.outcome.kind === "succeeded") {
      if (seat !== null) this.sessions.save(seat, run.sessionState);
    } else run.sessionState = null;
    if (state.kind === "ended" && state.outcome.kind === "failed" && NEVER_STORED.has(state.outcome.problem.status)) {
      this.#keys.forget(request, run);
    }
    this.#options.archive?.(run);
    this.#records.ended(run);
    this.batches.left(run);
    if (this.#whenIdle !== null && this.#isIdle()) this.#whenIdle();
  }

  #isIdle(): boolean {
    for (const _run of this.#records.live()) return false;
    return true;
  }

  #gone(run: Run): void {
    this.#admission.gone(run);
    run.home.release();
  }

  #forgotten(run: Run): void {
    this.#keys.forget(run.request, run);
    if (run.durable)
      void this.#options.store.update(recordKey(run), () => null).catch((fault) => this.#complain(run, fault));
  }

  async #keep(run: Run): Promise<void> {
    const text = JSON.stringify(toKept(run));
    await this.#options.store.update(recordKey(run), () => text);
  }

  #complain(run: Run, fault: unknown): void {
    const message = `the record of the run could not be deleted: ${String(fault)}`;
    const at = new Date(this.#options.clock.now()).toISOString();
    const { id, version } = run;
    this.#options.observer.log(
      { id, version, agent: run.request.agent },
      { at, level: "error", stream: "logging", message },
    );
  }
}

/** Answers of these may be others next time: the key is free again. */
const NEVER_STORED: ReadonlySet<number> = new Set([429, 503, 507]);

const recordKey = (run: Run): string => `default/runs/${run.id}`;

function stateAfter(run: Run, session: string): JsonText | null {
  if (run.request.session === session && run.state.kind === "ended") return run.sessionState;
  throw new RunAgentError("RUN_NOT_FOUND", `The session has no ended run ${run.id}.`);
}

/** The runs, as the gateway asks for them. */
export class SchedulerRuns {
  readonly #admission: Admission;
  readonly #records: Records;

  constructor(admission: Admission, records: Records) {
    this.#admission = admission;
    this.#records = records;
  }

  start(request: RunRequest): Run | JoinedRun {
    return this.#admission.start(request);
  }

  tagUnder(scope: KeyScope): string | null {
    return this.#admission.tagUnder(scope);
  }

  join(request: IdempotentRequest): JoinedRun | null {
    return this.#admission.join(request);
  }

  get(caller: Caller, id: string): Run {
    return this.#records.get(caller, id);
  }

  list(caller: Caller, filter: RunFilter): Page<RunRecord> {
    return listRuns(this.#records.all(), caller, filter);
  }

  logs(caller: Caller, id: string): readonly LogRecord[] {
    return this.#records.get(caller, id).logs;
  }

  cancel(
    caller: Caller,
    id: string,
    by: CancelledBy,
    reason: string | null,
  ): { readonly record: RunRecord; readonly ended: boolean } {
    const { run, ended } = this.#admission.cancel(caller, id, by, reason);
    return { record: run.record(), ended };
  }

  retry(caller: Caller, id: string): Run {
    return this.#admission.retry(caller, id);
  }

  /** A new run of a request whose run ended before this scheduler was. */
  again(request: RunRequest, retryOf: string): Run {
    return this.#admission.again(request, retryOf);
  }

  resume(caller: Caller, id: string, value: JsonText): Run {
    return this.#admission.resume(caller, id, value);
  }
}
