/** The steps of a deployment as they are told: each with its time. */
import type { Output } from "../output.ts";

export class Steps {
  readonly began = performance.now();
  readonly #output: Output;
  #now = "bundle";

  constructor(output: Output) {
    this.#output = output;
  }

  get ms(): number {
    return Math.round(performance.now() - this.began);
  }

  /** The one that is being done, or was done last. */
  get now(): string {
    return this.#now;
  }

  /** One that happens here. */
  async in<T>(name: string, work: () => Promise<T>): Promise<T> {
    const began = performance.now();
    this.#now = name;
    const result = await work();
    this.tell(name, Math.round(performance.now() - began));
    return result;
  }

  tell(name: string, ms: number): void {
    this.#now = name;
    if (this.#output.json) this.#output.document({ event: "step", name, ms });
    else this.#output.note(`${name.padEnd(8)} ${ms} ms`);
  }
}
