/**
 * What an adapter keeps of a conversation as JSON: in the session, by adapter and entrypoint; and while a run waits for a
 * person in a step, so that it goes on in any process. Without a session nothing outlives the run.
 */
import type { EntrypointSpec } from "@runagent/protocol";
import type { Run } from "../run.ts";
import { isObject, read } from "./read.ts";

export interface Question {
  readonly id: string;
  readonly question: unknown;
  readonly schema: unknown;
}

export class KeptState {
  readonly #adapter: string;
  readonly #key: string;

  constructor(adapter: string, spec: EntrypointSpec, verb: string | null) {
    this.#adapter = adapter;
    this.#key = `${spec.file}:${verb === null ? spec.module : spec.module.slice(0, -verb.length - 1)}`;
  }

  /** Of this run's last wait, else of the session. */
  load(run: Run): unknown {
    return this.waited(run) ?? read(read(run.session, this.#adapter), this.#key);
  }

  /** What was kept when the run came to wait; `undefined` on its first execution. */
  waited(run: Run): unknown {
    return run.body.steps?.findLast(({ name }) => name === this.#step)?.value;
  }

  save(run: Run, value: unknown): void {
    if (run.body.session_id === null) return;
    const ours: unknown = read(run.session, this.#adapter);
    Reflect.set(run.session, this.#adapter, { ...(isObject(ours) ? ours : {}), [this.#key]: value });
  }

  /** Ends the execution: the run waits for an answer to these. */
  wait(run: Run, value: unknown, questions: readonly Question[]): never {
    run.step(this.#step, value);
    const ends = questions.map(({ id, question, schema }) => run.interrupt(id, question, schema));
    throw ends.at(-1) ?? new Error("a run cannot wait for nothing");
  }

  get #step(): string {
    return `${this.#adapter}.waiting`;
  }
}

/** What a person said last; `undefined` on the first execution. */
export const answerOf = (run: Run): unknown => run.body.answers?.at(-1);
