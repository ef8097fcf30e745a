/** One deployment while it goes on: its record, its steps with their times, and what is told of it. */
import type { Deployment, DeploymentStatus, DeploymentStep, LimitValues, Problem } from "@runagent/protocol";
import type { Clock } from "./ports.ts";
import { Progress } from "./progress.ts";

export class DeploymentInWork {
  readonly abort = new AbortController();
  readonly progress: Progress;
  readonly #clock: Clock;
  readonly #began: number;
  #record: Deployment;
  #step: { readonly name: DeploymentStep; readonly since: number } = { name: "bundle", since: 0 };
  #size = 0;
  readonly #most: number;

  constructor(record: Deployment, clock: Clock, limits: Pick<LimitValues, "build_log" | "build_log_kept">) {
    this.#record = record;
    this.#clock = clock;
    this.#began = clock.now();
    this.#most = limits.build_log;
    this.progress = new Progress(limits.build_log_kept);
  }

  get record(): Deployment {
    return this.#record;
  }

  get step(): DeploymentStep {
    return this.#step.name;
  }

  get ms(): number {
    return this.#clock.now() - this.#began;
  }

  /** Does one step and tells of it when it is done. */
  async in<T>(name: DeploymentStep, status: DeploymentStatus, work: () => Promise<T>): Promise<T> {
    this.abort.signal.throwIfAborted();
    this.#step = { name, since: this.#clock.now() };
    this.#record = { ...this.#record, status };
    const result = await work();
    const ms = this.#clock.now() - this.#step.since;
    this.#record = { ...this.#record, steps: [...this.#record.steps, { name, ms }] };
    this.progress.tell({ event: "step", name, ms });
    return result;
  }

  /** False: the log has passed its limit, and nothing more is kept of it. */
  log(line: string): boolean {
    if (this.#size > this.#most) return false;
    this.#size += line.length;
    this.progress.tell({
      event: "log",
      line: this.#size > this.#most ? "the log is too long; the rest is left out" : line,
    });
    return true;
  }

  end(end: Pick<Deployment, "status" | "version" | "problem" | "changed">): Deployment {
    this.#record = { ...this.#record, ...end, ended_at: new Date(this.#clock.now()).toISOString() };
    return this.#record;
  }

  fail(problem: Problem): void {
    this.progress.tell({ event: "failed", step: this.step, ...problem });
  }
}
