/**
 * A worker of a pool and what it carries. Each run takes 1/slots of it. A worker at a fast plain function may be handed
 * more of them ahead: it executes one after the other, and gives back those that have not begun.
 */
import type { LimitValues } from "@runagent/protocol";
import type { Pace } from "./pace.ts";
import type { Worker } from "./ports.ts";

/** A run's stay at a worker. */
export interface Stay {
  readonly cost: number;
  readonly runId: string;
  /** Of an entrypoint whose runs may be handed ahead; else null. */
  readonly pace: Pace | null;
  /** It was asked to stop and its grace is over. */
  readonly overdue: boolean;
  /** Its worker was lost before it ended. */
  readonly lost: boolean;
  /** Others are before it: it has not begun. */
  ahead: boolean;
  /** It was called back, because the one before it takes long. */
  readonly recalled: boolean;
  recall(): void;
}

/** The pool that the worker belongs to. */
export interface WorkerHome {
  /** It takes no more runs, ever. */
  lose(worker: PooledWorker): void;
  /** There may be room, or a need, for another. */
  pump(): void;
}

export type AheadLimits = Pick<LimitValues, "ahead_runs" | "ahead_age" | "recall_time">;

const ROUNDING = 1e-9; // ten times a tenth is not one

export class PooledWorker {
  readonly worker: Worker;
  readonly once: boolean;
  readonly since: number;
  readonly home: WorkerHome;
  readonly stays: Stay[] = [];
  load = 0;
  /** How many of its runs will not stop: while there are any, it takes no new ones. */
  overdue = 0;
  served = 0;
  /** In scope `session`: whose process it is, from its first run. */
  session: string | null = null;
  idleSince: number;
  /** Its process has ended or is about to: no new runs, not counted. */
  gone = false;
  /** Since when it is at the first of its runs. */
  #headSince = 0;
  /** The first of its runs, when it was there for long at the last look. */
  #suspect: Stay | null = null;

  constructor(worker: Worker, { once, since, home }: Pick<PooledWorker, "once" | "since" | "home">) {
    this.worker = worker;
    this.once = once;
    this.since = since;
    this.home = home;
    this.idleSince = since;
  }

  get usable(): boolean {
    return !this.gone && this.worker.responsive && !(this.once && this.served > 0);
  }

  /** Among the most that there may be, also while it is only asked whether it answers. */
  get counts(): boolean {
    return !this.gone && !this.worker.hangs && this.overdue === 0;
  }

  takes(cost: number): boolean {
    return this.load + cost <= 1 + ROUNDING && this.overdue === 0 && this.usable;
  }

  /** Whether a run of a fast plain function may wait here for its turn. */
  takesAhead(limits: AheadLimits, now: number): boolean {
    const { stays } = this;
    if (stays.length === 0 || stays.length >= limits.ahead_runs || this.overdue > 0) return false;
    if (now - this.#headSince > limits.ahead_age || this.once || !this.usable) return false;
    return stays.every((one) => one.pace?.fast === true && !one.recalled);
  }

  /** How many of its runs may have begun. */
  get begun(): number {
    let count = 0;
    for (const one of this.stays) if (!one.ahead) count += 1;
    return count;
  }

  get hasAhead(): boolean {
    return this.stays.at(-1)?.ahead === true;
  }

  enter(stay: Stay, now: number): void {
    if (this.stays.length === 0) this.#headSince = now;
    else stay.ahead = stay.pace !== null;
    this.stays.push(stay);
    this.load += stay.cost;
    this.served += 1;
  }

  /**
   * Calls back those behind a run that takes long. Twice seen is long: what it has said meanwhile may not be read yet.
   * Whether it is to be looked at again at once.
   */
  recallAhead(limits: AheadLimits, now: number): boolean {
    const [head] = this.stays;
    const long = head !== undefined && this.hasAhead && now - this.#headSince > limits.recall_time;
    const sure = long && this.#suspect === head;
    this.#suspect = long ? head : null;
    if (!sure) return long;
    head.pace?.forget();
    for (const one of this.stays.toReversed()) if (one.ahead && !one.recalled) one.recall(); // the last first: none begins meanwhile
    return false;
  }

  leave(stay: Stay, now: number): void {
    const at = this.stays.indexOf(stay);
    if (at < 0) return;
    this.stays.splice(at, 1);
    this.load = this.stays.length === 0 ? 0 : this.load - stay.cost;
    if (stay.overdue) this.overdue -= 1;
    this.idleSince = now;
    if (at === 0 && !stay.lost) this.#next(stay, now);
  }

  /** The worker goes on with the next one. */
  #next(before: Stay, now: number): void {
    before.pace?.note(now - this.#headSince);
    this.#headSince = now;
    const [head] = this.stays;
    if (head !== undefined) head.ahead = false;
  }
}
