/**
 * How a run at a worker is stopped (S3): ask, wait `stop_grace`, then kill the process. If other runs are in the process,
 * it takes no new ones and they have `neighbour_grace`; a process whose run stops in time is used again.
 */
import type { CancelledBy, LimitValues } from "@runagent/protocol";
import type { PooledWorker } from "./pooled-worker.ts";
import type { Clock, Execution } from "./ports.ts";

export interface Stoppable {
  readonly worker: PooledWorker;
  readonly execution: Execution | null;
  readonly over: boolean;
  overdue: boolean;
  /** It has not begun: there is nothing to kill for. */
  readonly ahead: boolean;
  stopTimer: (() => void) | null;
}

export interface StoppingOptions {
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "stop_grace" | "neighbour_grace">;
}

export class Stopping {
  readonly #options: StoppingOptions;

  constructor(options: StoppingOptions) {
    this.#options = options;
  }

  stop(flight: Stoppable, by: CancelledBy | "deadline", reason: string | null): void {
    if (flight.over || flight.stopTimer !== null) return;
    flight.stopTimer = this.#options.clock.after(this.#options.limits.stop_grace, () => this.#overdue(flight));
    flight.execution?.cancel(by, reason);
  }

  /** A run has left the worker: nobody is left whom a kill would hurt, or nothing is left to kill for. */
  left(worker: PooledWorker): void {
    if (!worker.gone && worker.overdue > 0 && worker.overdue === worker.begun) this.#kill(worker);
  }

  #overdue(flight: Stoppable): void {
    if (flight.over) return;
    if (flight.ahead) {
      flight.stopTimer = this.#options.clock.after(this.#options.limits.stop_grace, () => this.#overdue(flight));
      return;
    }
    const { worker } = flight;
    flight.overdue = true;
    worker.overdue += 1;
    if (worker.overdue === worker.begun) {
      this.#kill(worker);
      return;
    }
    worker.home.pump(); // who waits may need another process now
    flight.stopTimer = this.#options.clock.after(this.#options.limits.neighbour_grace, () => this.#kill(worker));
  }

  #kill(worker: PooledWorker): void {
    if (worker.gone) return;
    worker.home.lose(worker);
    void worker.worker.kill(); // never rejects; its runs hear `lost`
  }
}
