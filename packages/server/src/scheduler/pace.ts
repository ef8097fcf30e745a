/**
 * How long the runs of a plain function take a process, on the average: whether it is worth handing it runs ahead. A run
 * that takes long is remembered for about `WEIGHT` quick ones.
 */
import type { LimitValues } from "@runagent/protocol";

const WEIGHT = 16;

export class Pace {
  readonly #limits: Pick<LimitValues, "fast_known" | "fast_pace">;
  #known = 0;
  #mean = 0;

  constructor(limits: Pick<LimitValues, "fast_known" | "fast_pace">) {
    this.#limits = limits;
  }

  get fast(): boolean {
    return this.#known >= this.#limits.fast_known && this.#mean < this.#limits.fast_pace;
  }

  /** A run has left its process, which was at it for so long. */
  note(ms: number): void {
    this.#known += 1;
    this.#mean += (ms - this.#mean) / Math.min(this.#known, WEIGHT);
  }

  /** One takes much longer than thought, and is not over: what was known is not true any more. */
  forget(): void {
    this.#known = 0;
    this.#mean = 0;
  }
}
