/** Bytes that a store in memory may hold: taken before something is kept, given back when it is gone. */
import { RunAgentError } from "@runagent/protocol";

export class Budget {
  readonly #limit: number;
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Throws STORAGE_FULL, and then takes nothing. `freed` is what the same change gives back. */
  take(bytes: number, freed = 0): void {
    const used = this.#used + bytes - freed;
    if (bytes > freed && used > this.#limit) {
      throw new RunAgentError("STORAGE_FULL", `The store in memory holds ${this.#limit} bytes at most.`);
    }
    this.#used = used;
  }

  give(bytes: number): void {
    this.#used -= bytes;
  }
}
