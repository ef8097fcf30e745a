/**
 * One run as this process holds it, and as its callers see it: what was asked, its state, its events. It decides nothing:
 * `Lifecycle` drives it. Times are numbers until somebody looks (`run-record.ts`).
 */
import type { Caller, JsonText, LogRecord, RunAnswer, RunRecord, RunRequest } from "@runagent/protocol";
import type { Link } from "./chain.ts";
import { EventLog } from "./event-log.ts";
import { answerOf } from "./outcome.ts";
import type { RunTrace } from "./ports.ts";
import { RunLog } from "./run-log.ts";
import { toRecord } from "./run-record.ts";
import { advance, QUEUED, type RunChange, type RunState } from "./run-state.ts";
import type { Session } from "./session-seats.ts";
import type { Stoppable } from "./stopping.ts";
import type { Entry, Version } from "./version.ts";

/** Told when nobody is attached to a direct run any more, and when somebody is again. */
export interface Attendance {
  abandoned(run: Run, kind: "json" | "stream"): void;
  attended(run: Run): void;
}

export interface RunParts {
  readonly id: string;
  readonly request: RunRequest;
  readonly home: Version;
  readonly entry: Entry;
  readonly attendance: Attendance;
  readonly links: RunLinks;
}

/** What a run was made from, when not from a call. */
export interface RunLinks {
  readonly retryOf?: string;
  readonly batch?: string;
  readonly index?: number;
}

export class Run {
  readonly id: string;
  readonly request: RunRequest;
  readonly home: Version;
  readonly entry: Entry;
  readonly links: RunLinks;
  readonly replayed = false;
  readonly joined = false;
  readonly events = new EventLog();
  trace: RunTrace | null = null;
  readonly createdAt: number;
  state: RunState = QUEUED;
  durable: boolean;
  attempt = 1;
  deadline: number;
  startedAt: number | null = null;
  endedAt: number | null = null;
  /** Events after this one and before `last` belong to the current attempt. */
  attemptFrom = 0;
  /** The last event that stays valid when a new attempt begins: of the last finished step, else `started`. */
  validTo = 1;
  steps: JsonText[] | null = null;
  answers: JsonText[] | null = null;
  /** The session's state as the agent last sent it; kept over an interrupt, and for forks after success. */
  sessionState: JsonText | null = null;
  inputTokens: number | null = null;
  outputTokens: number | null = null;
  /** Its stay at a worker now. */
  flying: Stoppable | null = null;
  /** Its session, while it has or waits for the seat. */
  seat: Session<Run> | null = null;
  /** What still stands before its dispatch: the store, its turn in the session. */
  gates = 0;
  queuedAt = 0;
  /** Its places in the lists that it is in: each list's own. */
  nextInBucket: Run | null = null;
  queueLink: Link<Run> | null = null;
  deadlineLink: Link<Run> | null = null;
  /** Stops the wait for a new attempt. */
  delayed: (() => void) | null = null;
  /** Stops the grace of a stream that nobody reads. */
  unattended: (() => void) | null = null;
  #log: RunLog | null = null;
  #answer: { readonly promise: Promise<RunAnswer>; readonly resolve: (answer: RunAnswer) => void } | null = null;
  #attached = 0;
  readonly #attendance: Attendance;

  constructor({ id, request, home, entry, attendance, links }: RunParts) {
    this.id = id;
    this.request = request;
    this.home = home;
    this.entry = entry;
    this.links = links;
    this.createdAt = request.admittedAt;
    this.durable = request.durable;
    this.deadline = request.admittedAt + home.timeoutFor(request.timeoutMs);
    this.#attendance = attendance;
  }

  get version(): string {
    return this.home.name;
  }

  get inBackground(): boolean {
    return this.entry.inBackground;
  }

  get timeoutMs(): number {
    return this.home.timeoutFor(this.request.timeoutMs);
  }

  get callerKey(): string {
    return keyOf(this.request.caller);
  }

  get ended(): boolean {
    return this.state.kind === "ended";
  }

  get answer(): Promise<RunAnswer> {
    if (this.#answer === null) {
      const answer = answerOf(this);
      if (answer !== null) return Promise.resolve(answer);
      this.#answer = Promise.withResolvers<RunAnswer>();
    }
    return this.#answer.promise;
  }

  record(): RunRecord {
    return toRecord(this);
  }

  attach(kind: "json" | "stream"): () => void {
    this.#attached += 1;
    if (kind === "stream" && this.#attached === 1) this.#attendance.attended(this);
    let left = false;
    return () => {
      if (left) return;
      left = true;
      this.#attached -= 1;
      if (this.#attached === 0 && !this.durable && !this.ended) this.#attendance.abandoned(this, kind);
    };
  }

  /** Whether the change was one (R1). */
  change(change: RunChange): boolean {
    const next = advance(this.state, change);
    if (next === this.state) return false;
    this.state = next;
    if (this.#answer !== null) this.#settle();
    return true;
  }

  get logs(): readonly LogRecord[] {
    return this.#log?.records ?? [];
  }

  /** The record that was kept, or null when its log is full. */
  log(record: LogRecord, limit: number): LogRecord | null {
    this.#log ??= new RunLog(limit);
    const kept = this.#log.add(record);
    if (kept !== null) this.events.log(kept);
    return kept;
  }

  /** Characters that remembering this run costs. */
  get weight(): number {
    const output =
      this.state.kind === "ended" && this.state.outcome.kind === "succeeded" ? this.state.outcome.output : "";
    const parts = this.request.input.length + this.events.bytes + (this.#log?.bytes ?? 0);
    return parts + output.length + (this.sessionState?.length ?? 0);
  }

  #settle(): void {
    const answer = answerOf(this);
    if (answer === null) return;
    this.#answer?.resolve(answer);
    this.#answer = null; // ended runs are kept by the thousand: who asks later gets a promise of their own
  }
}

/** Limits and scopes go by this; `serve` has one caller, "". */
export const keyOf = (caller: Caller): string => caller?.keyId ?? "";
