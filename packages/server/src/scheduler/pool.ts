/**
 * The workers of one version and the runs that wait for them. A run that finds no room waits in a fair queue; when the
 * first has waited a moment, one more worker is started, up to the most there may be. One is kept warm.
 */
import { availableParallelism } from "node:os";
import type { LimitValues } from "@runagent/protocol";
import { needOf, place, placeAhead, type Scope, type Waiting } from "./placement.ts";
import { PooledWorker, type Stay, type WorkerHome } from "./pooled-worker.ts";
import type { Clock, RunObserver, Sandbox, VersionSource, Worker } from "./ports.ts";
import { queueFull } from "./problems.ts";
import { FairQueue, type Queueable } from "./queue.ts";

export interface PoolOptions<Run> {
  readonly source: VersionSource;
  readonly clock: Clock;
  readonly limits: LimitValues;
  readonly observer: Pick<RunObserver, "started">;
  /** Hands the run to the worker. */
  readonly launch: (run: Run, worker: PooledWorker) => void;
  /** No worker can be had for it. */
  readonly refuse: (run: Run, fault: unknown) => void;
}

const SECOND_LOOK_MS = 1; // the shortest timer: what has arrived is read before

interface Queued<Self> extends Waiting, Queueable<Self> {
  readonly callerKey: string;
  queuedAt: number;
}

export class Pool<Run extends Queued<Run>> implements WorkerHome {
  readonly workers: PooledWorker[] = [];
  readonly #options: PoolOptions<Run>;
  readonly #sandbox: Sandbox;
  readonly #scope: Scope;
  readonly #queue = new FairQueue<Run>();
  readonly #starting = { kept: 0, once: 0 };
  #warm: number;
  #most: number | null;
  #stopSpawnTimer: (() => void) | null = null;
  #stopIdleTimer: (() => void) | null = null;
  #stopAheadTimer: (() => void) | null = null;
  #noSpawnBefore = 0;
  #closed = false;

  constructor(options: PoolOptions<Run>) {
    this.#options = options;
    this.#sandbox = options.source.sandbox;
    this.#scope = options.source.config.isolation.scope;
    const { minInstances, maxInstances } = options.source.config.resources;
    this.#warm = Math.max(1, minInstances);
    this.#most = maxInstances;
    this.#keepWarm();
  }

  get queued(): number {
    return this.#queue.size;
  }

  get starting(): number {
    return this.#starting.kept + this.#starting.once;
  }

  /** The most workers that take runs at a time. */
  get most(): number {
    return this.#most ?? Math.max(4, 2 * availableParallelism());
  }

  /** Other bounds than the config's from now on; null: the config's. */
  scale({ min, max }: { readonly min: number | null; readonly max: number | null }): void {
    const { minInstances, maxInstances } = this.#options.source.config.resources;
    this.#warm = Math.max(1, min ?? minInstances);
    this.#most = max ?? maxInstances;
    this.#keepWarm();
    if (this.workers.length > this.#warm && this.#stopIdleTimer === null) this.#endIdleSoon();
    this.pump();
  }

  /** Throws QUEUE_FULL when the run would have to wait and too many wait already. */
  admit(run: Waiting): void {
    const { queue_per_agent, queue_per_key } = this.#options.limits;
    const { size } = this.#queue;
    if (size >= queue_per_agent) throw queueFull("runs of this agent", queue_per_agent);
    if (size < queue_per_key || run.callerKey === "") return;
    if (this.#queue.sizeOf(run.callerKey) >= queue_per_key) throw queueFull("runs of this key", queue_per_key);
  }

  /** Gives it a worker at once, or lets it wait for one. */
  submit(run: Run): void {
    const worker = this.#queue.size === 0 || this.#scope !== "agent" ? this.#placeOf(run) : null;
    if (worker !== null) {
      this.#launch(run, worker);
      return;
    }
    run.queuedAt = this.#options.clock.now();
    this.#queue.push(run);
    this.#spawnSoon();
  }

  /** It was given to a worker, which gave it back. Who waits is served when it has left the worker. */
  putBack(run: Run): void {
    this.#queue.putBack(run);
  }

  /** It waits no longer: it has ended. */
  withdraw(run: Run): void {
    if (this.#queue.size > 0) this.#queue.remove(run);
  }

  leave(worker: PooledWorker, stay: Stay, now: number): void {
    worker.leave(stay, now);
    if (worker.once) worker.gone = true;
    if (worker.stays.length === 0 && this.workers.length > this.#warm && this.#stopIdleTimer === null)
      this.#endIdleSoon();
    if (this.#queue.size > 0) this.pump();
  }

  /** Serves those who wait, as far as there is room. */
  pump(): void {
    if (this.#scope === "agent") {
      for (let run = this.#queue.peek(); run !== undefined; run = this.#queue.peek()) if (!this.#serve(run)) break;
    } else {
      for (const run of [...this.#queue.items()]) this.#serve(run);
    }
    if (this.#queue.size > 0) this.#spawnSoon();
  }

  /** Its process takes no more: whoever notices first says so. */
  lose(worker: PooledWorker): void {
    worker.gone = true;
    const at = this.workers.indexOf(worker);
    if (at < 0) return;
    this.workers.splice(at, 1);
    if (this.#closed) return;
    if (worker.served > 0) this.#keepWarm();
    if (this.#queue.size > 0) this.#spawnSoon();
  }

  /** Keeps no worker that nobody needs from now on. */
  cool(): void {
    this.#warm = 0;
    this.#endIdle(0);
  }

  async close(graceMs: number): Promise<void> {
    this.#closed = true;
    this.#stopSpawnTimer?.();
    this.#stopIdleTimer?.();
    this.#stopAheadTimer?.();
    this.#stopSpawnTimer = null;
    this.#stopIdleTimer = null;
    this.#stopAheadTimer = null;
    await this.#sandbox.close(graceMs);
  }

  #placeOf(run: Run): PooledWorker | null {
    const worker = place(this.workers, this.#scope, run);
    if (worker !== null || this.#scope !== "agent" || run.entry.pace === null) return worker;
    const { clock, limits } = this.#options;
    return placeAhead(this.workers, run, { limits, now: clock.now() });
  }

  #serve(run: Run): boolean {
    const worker = this.#placeOf(run);
    if (worker === null) return false;
    this.#queue.serve(run);
    this.#launch(run, worker);
    return true;
  }

  #launch(run: Run, worker: PooledWorker): void {
    if (this.#scope === "session" && !worker.once) worker.session = run.request.session;
    this.#options.launch(run, worker);
    if (worker.hasAhead) {
      run.queuedAt = this.#options.clock.now(); // from then on it waits there
      this.#watchAhead(this.#options.limits.recall_time);
    }
    if (this.#scope !== "agent") this.#keepWarm();
  }

  /** One timer for all workers, as long as runs wait at any. */
  #watchAhead(ms: number): void {
    if (this.#closed || this.#stopAheadTimer !== null) return;
    const { clock, limits } = this.#options;
    this.#stopAheadTimer = clock.after(ms, () => {
      this.#stopAheadTimer = null;
      let again = false;
      for (const one of this.workers) if (one.recallAhead(limits, clock.now())) again = true;
      if (again) this.#watchAhead(SECOND_LOOK_MS);
      else if (this.workers.some((one) => one.hasAhead)) this.#watchAhead(limits.recall_time);
    });
  }

  /** A fresh worker at once when there is none to wait for; else when the first in the queue has waited a moment. */
  #spawnSoon(): void {
    if (this.#closed) return;
    if (this.workers.length === 0 || this.#scope !== "agent") this.#spawnForQueue();
    if (this.#stopSpawnTimer !== null || this.#queue.size === 0) return;
    this.#stopSpawnTimer = this.#options.clock.after(this.#options.limits.spawn_wait, () => {
      this.#stopSpawnTimer = null;
      const head = this.#queue.peek();
      if (head === undefined) return;
      if (this.#options.clock.now() - head.queuedAt >= this.#options.limits.spawn_wait) this.#spawnForQueue();
      if (this.#mayGrow()) this.#spawnSoon();
    });
  }

  /** One worker for each run that waits at most, and for as many runs as fit into it only one. */
  #spawnForQueue(): void {
    let kept = 0;
    let once = 0;
    for (const run of this.#queue.items()) {
      if (needOf(this.#scope, run).once) once += 1;
      else kept += this.#scope === "agent" ? 1 / run.entry.slots : 1;
      if (kept + once >= this.most) break;
    }
    while (this.#starting.kept < kept && this.#mayGrow()) this.#spawn(false);
    while (this.#starting.once < once && this.#mayGrow()) this.#spawn(true);
    if (this.#scope === "session" && this.starting === 0) this.#endLongestIdle();
  }

  /** Another session needs the room. */
  #endLongestIdle(): void {
    const idle = this.workers.filter((one) => !one.gone && one.stays.length === 0 && one.session !== null);
    const oldest = idle.sort((a, b) => a.idleSince - b.idleSince)[0];
    if (oldest !== undefined) this.#end(oldest);
  }

  /** Workers that hang or hold a run that will not stop do not count, but there are never more than as many again. */
  #mayGrow(): boolean {
    const all = this.workers.length + this.starting;
    const counted = this.workers.filter((one) => one.counts).length + this.starting;
    const resting = this.#noSpawnBefore > this.#options.clock.now() && counted > 0;
    return !this.#closed && !resting && counted < this.most && all < 2 * this.most;
  }

  /** One worker that has nothing to do yet, ahead of the next run. */
  #keepWarm(): void {
    const once = this.#scope === "run";
    const starting = once ? this.#starting.once : this.#starting.kept;
    const ready = this.workers.filter(
      (one) => one.once === once && one.usable && (this.#scope === "agent" || one.served === 0),
    );
    for (let have = ready.length + starting; have < this.#warm && this.#mayGrow(); have += 1) this.#spawn(once);
  }

  #spawn(once: boolean): void {
    const key = once ? "once" : "kept";
    const began = this.#options.clock.now();
    this.#starting[key] += 1;
    this.#sandbox.spawn({ once }).then(
      (worker) => {
        this.#starting[key] -= 1;
        this.#join(worker, { once, began });
      },
      (fault: unknown) => {
        this.#starting[key] -= 1;
        this.#failed(fault);
      },
    );
  }

  #join(worker: Worker, { once, began }: { readonly once: boolean; readonly began: number }): void {
    if (this.#closed) return; // its sandbox is being closed, the worker with it
    const { clock, observer, source } = this.#options;
    const now = clock.now();
    observer.started(source.description.fork?.safe === true ? "fork" : "process", now - began);
    const pooled = new PooledWorker(worker, { once, since: now, home: this });
    this.workers.push(pooled);
    worker.onResponsive(() => this.pump());
    void worker.exited.then(() => this.lose(pooled)); // never rejects
    this.pump();
    if (this.workers.length > this.#warm && this.#stopIdleTimer === null) this.#endIdleSoon();
  }

  /** Those who wait hear it, unless a worker is left that can serve them. */
  #failed(fault: unknown): void {
    if (this.#closed) return;
    this.#noSpawnBefore = this.#options.clock.now() + this.#options.limits.spawn_retry;
    const hope = this.starting > 0 || (this.#scope === "agent" && this.workers.some((one) => !one.gone));
    if (hope) return;
    for (const run of [...this.#queue.items()]) {
      this.#queue.remove(run);
      this.#options.refuse(run, fault);
    }
  }

  #endIdleSoon(): void {
    const { clock, source } = this.#options;
    const { idleTimeoutMs } = source.config.resources;
    this.#stopIdleTimer = clock.after(idleTimeoutMs, () => {
      this.#stopIdleTimer = null;
      this.#endIdle(idleTimeoutMs);
      if (this.workers.length > this.#warm) this.#endIdleSoon();
    });
  }

  #endIdle(idleMs: number): void {
    const oldest = this.#options.clock.now() - idleMs;
    let spare = this.workers.filter((one) => !one.gone).length - this.#warm;
    for (const one of [...this.workers].reverse()) {
      if (spare <= 0) return;
      if (one.gone || one.stays.length > 0 || one.idleSince > oldest) continue;
      spare -= 1;
      this.#end(one);
    }
  }

  #end(worker: PooledWorker): void {
    worker.gone = true;
    worker.worker.drain();
  }
}
