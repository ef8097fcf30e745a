/**
 * The runs that this process knows: all that go on, and the ended ones as far as memory is given to them. The oldest are
 * forgotten, direct ones before durable ones; items of batches are kept beside them, as long as their batch.
 */
import type { Caller, LimitValues } from "@runagent/protocol";
import { isId, RunAgentError } from "@runagent/protocol";
import { mayRead } from "./access.ts";
import { Fifo } from "./fifo.ts";
import type { Run } from "./run.ts";

interface Kept {
  readonly run: Run;
  readonly weight: number;
}

type RecordLimits = Pick<LimitValues, "runs_in_memory" | "run_bytes_in_memory" | "batch_runs_in_memory">;

export class Records {
  readonly #runs = new Map<string, Run>();
  readonly #limits: RecordLimits;
  readonly #forgotten: (run: Run) => void;
  readonly #direct = new Fifo<Kept>();
  readonly #durable = new Fifo<Kept>();
  readonly #batched = new Fifo<Kept>();
  #weight = 0;

  constructor(limits: RecordLimits, forgotten: (run: Run) => void) {
    this.#limits = limits;
    this.#forgotten = forgotten;
  }

  add(run: Run): void {
    this.#runs.set(run.id, run);
  }

  ended(run: Run): void {
    const kept = { run, weight: run.weight };
    this.#weight += kept.weight;
    if (run.links.batch !== undefined) this.#batched.push(kept);
    else if (run.durable) this.#durable.push(kept);
    else this.#direct.push(kept);
    this.#trim();
  }

  /** Throws RUN_NOT_FOUND, RUN_NOT_RECORDED. */
  get(caller: Caller, id: string): Run {
    const run = this.#runs.get(id);
    if (run !== undefined && mayRead(caller, run.request.caller)) return run;
    if (run !== undefined || !isId("run", id)) throw new RunAgentError("RUN_NOT_FOUND", `There is no run ${id}.`);
    throw new RunAgentError("RUN_NOT_RECORDED", `This server has no record of the run ${id}.`);
  }

  find(id: string): Run | undefined {
    return this.#runs.get(id);
  }

  /** In the order in which they were made, which is the order of their ids. */
  all(): Iterable<Run> {
    return this.#runs.values();
  }

  #trim(): void {
    const { runs_in_memory, run_bytes_in_memory, batch_runs_in_memory } = this.#limits;
    while (this.#direct.size + this.#durable.size > runs_in_memory) {
      // Many direct runs never push out a durable one whose Idempotency-Key may come again, up to half of the room.
      const crowded = this.#durable.size > runs_in_memory / 2 || this.#direct.size === 0;
      this.#forget(crowded ? this.#durable : this.#direct);
    }
    while (this.#batched.size > batch_runs_in_memory) this.#forget(this.#batched);
    while (this.#weight > run_bytes_in_memory) {
      const first = [this.#direct, this.#durable, this.#batched].find((one) => one.size > 0);
      if (first === undefined) return;
      this.#forget(first);
    }
  }

  #forget(fifo: Fifo<Kept>): void {
    const kept = fifo.shift();
    if (kept === undefined) return;
    this.#weight -= kept.weight;
    this.#runs.delete(kept.run.id);
    this.#forgotten(kept.run);
  }
}
