/** The runs that this process holds, by call: unfinished ones, and ended durable ones until they are acknowledged. */
import type { HeldCall, ServerHello } from "@runagent/protocol";
import type { Run } from "./run.ts";

export class RunTable {
  readonly #runs = new Map<number, Run>();
  #active = 0;

  /** How many have not ended. */
  get active(): number {
    return this.#active;
  }

  get(call: number): Run | undefined {
    return this.#runs.get(call);
  }

  add(run: Run): void {
    this.#runs.set(run.outbox.call, run);
    this.#active += 1;
  }

  ended(run: Run): void {
    this.#active -= 1;
    if (run.outbox.empty) this.#runs.delete(run.outbox.call);
  }

  ack(call: number, n: number): void {
    const run = this.#runs.get(call);
    run?.outbox.ack(n);
    if (run?.ended === true && run.outbox.empty) this.#runs.delete(call);
  }

  held(): HeldCall[] {
    return [...this.#runs.values()].map((run) => ({
      call: run.outbox.call,
      run_id: run.body.run_id,
      attempt: run.body.attempt,
      first: run.outbox.first,
      last: run.outbox.last,
      ended: run.ended,
    }));
  }

  /** Sends again what the server wants; the others are cancelled. */
  resume(wanted: ServerHello["resume"]): void {
    const after = new Map(wanted.map((one) => [one.call, one.after]));
    for (const run of [...this.#runs.values()]) {
      const n = after.get(run.outbox.call);
      if (n === undefined) this.#forget(run);
      else run.outbox.resend(n);
    }
  }

  /** Those that nobody can pick up again. */
  abandonDirect(): void {
    for (const run of [...this.#runs.values()]) if (!run.body.durable) this.#forget(run);
  }

  #forget(run: Run): void {
    this.#runs.delete(run.outbox.call);
    run.abandon();
  }
}
