/**
 * The runs that this process knows: all that go on, and the ended ones as far as memory is given to them. The oldest are
 * forgotten; durable ones have half of the room for themselves, so many direct runs never push out one whose
 * Idempotency-Key may come again. Items of batches are kept beside them.
 */
import type { Caller, LimitValues } from "@runagent/protocol";
import { isId, RunAgentError } from "@runagent/protocol";
import { mayRead } from "./access.ts";
import { Generations } from "./generations.ts";
import type { Run } from "./run.ts";
import { RunIndex } from "./run-index.ts";

type RecordLimits = Pick<LimitValues, "runs_in_memory" | "run_bytes_in_memory" | "batch_runs_in_memory">;

export class Records {
  readonly #limits: RecordLimits;
  readonly #live = new RunIndex<Run>();
  readonly #direct: Generations<Run>;
  readonly #durable: Generations<Run>;
  readonly #batched: Generations<Run>;

  constructor(limits: RecordLimits, forgotten: (run: Run) => void) {
    this.#limits = limits;
    const bounds = { count: limits.runs_in_memory, weight: limits.run_bytes_in_memory };
    this.#direct = new Generations(bounds, forgotten);
    this.#durable = new Generations(bounds, forgotten);
    this.#batched = new Generations({ ...bounds, count: limits.batch_runs_in_memory }, forgotten);
  }

  add(run: Run): void {
    this.#live.add(run);
  }

  ended(run: Run): void {
    this.#live.delete(run);
    const kept = run.links.batch !== undefined ? this.#batched : run.durable ? this.#durable : this.#direct;
    kept.add(run, run.weight);
    this.#trim();
  }

  /** Throws RUN_NOT_FOUND, RUN_NOT_RECORDED. */
  get(caller: Caller, id: string): Run {
    const run = this.#live.get(id) ?? this.#direct.get(id) ?? this.#durable.get(id) ?? this.#batched.get(id);
    if (run !== undefined && mayRead(caller, run.request)) return run;
    if (run !== undefined || !isId("run", id)) throw new RunAgentError("RUN_NOT_FOUND", `There is no run ${id}.`);
    throw new RunAgentError("RUN_NOT_RECORDED", `This server has no record of the run ${id}.`);
  }

  live(): Iterable<Run> {
    return this.#live.values();
  }

  /** In the order in which they were made, which is the order of their ids. */
  all(): Run[] {
    const runs = [...this.#live.values(), ...this.#direct.all(), ...this.#durable.all(), ...this.#batched.all()];
    return runs.sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  #trim(): void {
    const { runs_in_memory, run_bytes_in_memory, batch_runs_in_memory } = this.#limits;
    const [direct, durable, batched] = [this.#direct, this.#durable, this.#batched];
    while (durable.size > runs_in_memory / 2) durable.forgetOldest();
    while (direct.size + durable.size > runs_in_memory) direct.forgetOldest();
    while (batched.size > batch_runs_in_memory) batched.forgetOldest();
    while (direct.weight + durable.weight + batched.weight > run_bytes_in_memory) {
      if (!direct.forgetOldest() && !durable.forgetOldest() && !batched.forgetOldest()) return;
    }
  }
}
