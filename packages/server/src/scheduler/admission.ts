/**
 * Takes a run in or refuses it, and leads it to its worker: through the store when it is durable, through its session's
 * seat when it has one. A refused call leaves nothing behind.
 */
import type { Caller, CancelledBy, JsonText, RunRequest } from "@runagent/protocol";
import { newId, RunAgentError } from "@runagent/protocol";
import type { IdempotencyKeys, IdempotentRequest, KeyScope } from "./idempotency.ts";
import { JoinedRun } from "./joined-run.ts";
import type { Lifecycle } from "./lifecycle.ts";
import type { Clock, RunTrace, RunTracer } from "./ports.ts";
import { draining, faultProblem, queueFull } from "./problems.ts";
import type { Records } from "./records.ts";
import { assertAnswers } from "./resuming.ts";
import { keyOf, Run, type RunLinks } from "./run.ts";
import { assertRoom, type Seating, seat, unseat } from "./session-seats.ts";
import type { SessionTable } from "./sessions.ts";
import type { Version } from "./version.ts";
import type { Versions } from "./versions.ts";

export interface AdmissionParts {
  readonly clock: Clock;
  readonly lifecycle: Lifecycle;
  readonly versions: Versions;
  readonly records: Records;
  readonly keys: IdempotencyKeys<Run>;
  readonly sessions: SessionTable<Run>;
  /** Resolves when the record is kept. */
  readonly keep: (run: Run) => Promise<void>;
  readonly tracer: RunTracer | null;
}

type InSession = RunRequest & { readonly session: string };

export class Admission {
  readonly #parts: AdmissionParts;
  #background = 0;
  #closed = false;

  constructor(parts: AdmissionParts) {
    this.#parts = parts;
  }

  start(request: RunRequest): Run | JoinedRun {
    this.assertOpen();
    const known = this.join(request);
    if (known !== null) return known;
    const home = this.#parts.versions.get(request.agent, request.version);
    this.#assertRoom(home, request);
    const run = this.make(home, request, {});
    this.#parts.keys.store(request, run);
    this.enter(run);
    return run;
  }

  /** The run that the same request made before, or null. */
  join(request: IdempotentRequest): JoinedRun | null {
    const known = this.#parts.keys.find(request);
    return known === null ? null : new JoinedRun(known);
  }

  /** Tag of the run that was made under the key, or null. */
  tagUnder(scope: KeyScope): string | null {
    return this.#parts.keys.madeUnder(scope)?.request.tag ?? null;
  }

  /** A run that waits in its own record: nothing is counted. */
  make(home: Version, request: RunRequest, links: RunLinks): Run {
    const { lifecycle, records, tracer } = this.#parts;
    const entry = home.entry(request.tag);
    const run = new Run({ id: newId("run"), request, home, entry, attendance: lifecycle, links });
    if (tracer !== null) run.trace = traced(run, tracer);
    home.hold();
    records.add(run);
    return run;
  }

  /** Its deadline runs from here on. */
  enter(run: Run): void {
    const { lifecycle, keep } = this.#parts;
    lifecycle.observer.admitted(run.request);
    if (run.request.background) this.#background += 1;
    lifecycle.watch(run);
    run.gates = 1;
    if (hasSession(run.request)) this.#sit(run, run.request);
    if (!run.durable) {
      this.#pass(run);
      return;
    }
    keep(run).then(
      () => this.#pass(run),
      (fault: unknown) => lifecycle.fail(run, faultProblem(run.id, fault)),
    );
  }

  /** It has ended: what it had taken is free. */
  left(run: Run): void {
    if (run.request.background) this.#background -= 1;
  }

  /** It has left its worker too: the next of its session may go. */
  gone(run: Run): void {
    const { seat: session } = run;
    if (session === null) return;
    run.seat = null;
    const next = unseat(session, run);
    if (next !== null) this.#pass(next);
  }

  retry(caller: Caller, id: string): Run {
    this.assertOpen();
    const run = this.#parts.records.get(caller, id);
    if (!run.ended) throw new RunAgentError("CONFLICT", "The run has not ended yet.", { run_id: id });
    return this.again({ ...run.request, caller, version: run.version }, id);
  }

  again(earlier: RunRequest, retryOf: string): Run {
    this.assertOpen();
    const { versions, clock } = this.#parts;
    const request = { ...earlier, admittedAt: clock.now(), ...AGAIN };
    // A new run gets the newest code.
    const home = versions.newest(request.agent) ?? versions.get(request.agent, request.version);
    if (hasSession(request)) this.#assertSeat(home, request);
    const again = this.make(home, { ...request, version: home.name }, { retryOf });
    this.enter(again);
    return again;
  }

  resume(caller: Caller, id: string, value: JsonText): Run {
    const run = this.#parts.records.get(caller, id);
    if (run.state.kind !== "waiting")
      throw new RunAgentError("CONFLICT", "The run does not wait for an answer.", { run_id: id });
    assertAnswers(id, run.state.interrupts, value);
    this.#parts.lifecycle.resume(run, value);
    return run;
  }

  cancel(caller: Caller, id: string, by: CancelledBy, reason: string | null): { run: Run; ended: boolean } {
    const run = this.#parts.records.get(caller, id);
    const { ended } = run;
    this.#parts.lifecycle.cancel(run, by, reason);
    return { run, ended };
  }

  assertOpen(): void {
    if (this.#closed) throw draining();
  }

  /** From now on everything is refused. */
  close(): void {
    this.#closed = true;
  }

  #assertRoom(home: Version, request: RunRequest): void {
    const { versions, lifecycle } = this.#parts;
    const entry = home.entry(request.tag);
    if (hasSession(request)) this.#assertSeat(home, request);
    versions.poolOf(home).admit({ callerKey: keyOf(request.caller), entry, request });
    const { background_runs } = lifecycle.limits;
    if (request.background && this.#background >= background_runs) throw queueFull("background runs", background_runs);
  }

  #assertSeat(home: Version, request: InSession): void {
    const session = this.#parts.sessions.find(request);
    if (session !== undefined) assertRoom(session, this.#seating(home));
  }

  #sit(run: Run, request: InSession): void {
    const session = this.#parts.sessions.open(request);
    run.seat = session;
    run.gates += 1;
    if (seat(session, run, this.#seating(run.home))) this.#pass(run);
  }

  #seating(home: Version): Seating<Run> {
    const { lifecycle, sessions } = this.#parts;
    const { onBusy } = home.source.config.session;
    return {
      onBusy,
      most: lifecycle.limits.session_queue,
      oust: (run) => {
        if (onBusy === "interrupt" && run.seat !== null) sessions.save(run.seat, run.sessionState);
        lifecycle.cancel(run, "caller", "a newer run of the session took its place");
      },
    };
  }

  #pass(run: Run): void {
    run.gates -= 1;
    if (run.gates === 0) this.#parts.lifecycle.submit(run);
  }
}

const AGAIN = { durable: true, background: true, stream: false, idempotency: null } as const;

function hasSession(request: RunRequest): request is InSession {
  return request.session !== null;
}

function traced(
  { id, version, createdAt, request: { agent, tag, session, traceparent } }: Run,
  by: RunTracer,
): RunTrace {
  return by.run({ id, agent, version, tag, session, createdAt, traceparent });
}
