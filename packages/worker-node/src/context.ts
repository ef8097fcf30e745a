/**
 * The second argument of every function: the run as the agent sees it. Members are made when they are looked at, and
 * methods keep their run, so `({ emit, signal })` works.
 */
import type { Run } from "./run.ts";

export interface ContextOptions {
  readonly secrets: Readonly<Record<string, string>>;
  /** Keeps the process busy until the promise settles. */
  readonly waitUntil: (promise: Promise<unknown>) => void;
}

export class RunContext {
  readonly #run: Run;
  readonly #options: ContextOptions;
  /** What earlier executions finished, and this one has not taken yet. */
  #finished: NonNullable<Run["body"]["steps"]> | null = null;
  #questions = 0;

  constructor(run: Run, options: ContextOptions) {
    this.#run = run;
    this.#options = options;
  }

  get runId(): string {
    return this.#run.body.run_id;
  }
  get attempt(): number {
    return this.#run.body.attempt;
  }
  /** The conversation's state; what is changed in it is saved when the run succeeds. */
  get session(): object {
    return this.#run.session;
  }
  get sessionId(): string | null {
    return this.#run.body.session_id;
  }
  get user(): string | null {
    return this.#run.body.user;
  }
  get secrets(): Readonly<Record<string, string>> {
    return this.#options.secrets;
  }
  get deadline(): Date {
    return new Date(this.#run.body.deadline);
  }
  get cancelled(): boolean {
    return this.#run.cancelled;
  }
  get signal(): AbortSignal {
    return this.#run.signal;
  }

  /** Sends a `custom` event. The promise resolves when there is room for more; awaiting it is optional. */
  get emit(): (name: string, data?: unknown) => Promise<void> {
    return (name, data) => this.#event("custom", { name: String(name), data: data ?? null });
  }

  /** Sends a piece of what a person reads. */
  get text(): (delta: string) => Promise<void> {
    return (delta) => this.#event("text", { delta: String(delta) });
  }

  /** Runs `fn` once over all executions of the run: later ones get its value. */
  get step(): (name: string, fn: () => unknown) => Promise<unknown> {
    return async (name, fn) => {
      const done = this.#taken(name);
      if (done !== undefined) return done.value;
      const value: unknown = await fn();
      this.#run.step(name, value);
      return value;
    };
  }

  /** Ends the execution until somebody answers; the function then begins again and gets the answer here. */
  get interrupt(): (question: unknown, schema?: unknown) => Promise<unknown> {
    return async (question, schema) => {
      const n = this.#questions;
      this.#questions += 1;
      const answers = this.#run.body.answers ?? [];
      if (n < answers.length) return answers[n];
      throw this.#run.interrupt(`int_${n + 1}`, question, schema ?? null);
    };
  }

  /** Work that goes on after the answer. */
  get waitUntil(): (promise: Promise<unknown>) => void {
    return (promise) => this.#options.waitUntil(Promise.resolve(promise));
  }

  /** By name: steps that run side by side finish in any order. Those of one name are taken in the order they finished. */
  #taken(name: string): { readonly value: unknown } | undefined {
    const finished = this.#finished ?? this.#run.body.steps ?? [];
    const at = finished.findIndex((one) => one.name === name);
    this.#finished = finished.filter((_, index) => index !== at);
    return finished[at];
  }

  #event(type: "custom" | "text", data: unknown): Promise<void> {
    this.#run.event(type, data);
    return this.#run.outbox.room() ?? Promise.resolve();
  }
}
