/** A worker of a pool and what it carries. Each run takes 1/slots of it. */
import type { Worker } from "./ports.ts";

/** A run's stay at a worker. */
export interface Stay {
  readonly cost: number;
  readonly runId: string;
  /** It was asked to stop and its grace is over. */
  readonly overdue: boolean;
}

/** The pool that the worker belongs to. */
export interface WorkerHome {
  /** It takes no more runs, ever. */
  lose(worker: PooledWorker): void;
  /** There may be room, or a need, for another. */
  pump(): void;
}

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

  enter(stay: Stay): void {
    this.stays.push(stay);
    this.load += stay.cost;
    this.served += 1;
  }

  leave(stay: Stay, now: number): void {
    const at = this.stays.indexOf(stay);
    if (at < 0) return;
    this.stays.splice(at, 1);
    this.load = this.stays.length === 0 ? 0 : this.load - stay.cost;
    if (stay.overdue) this.overdue -= 1;
    this.idleSince = now;
  }
}
