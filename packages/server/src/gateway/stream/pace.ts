/**
 * How many readers are served in one turn of the event loop. An event with thousands of readers is written in portions:
 * between them the server takes requests and the frames of workers.
 */
export class Pace {
  readonly #perTurn: number;
  readonly #queue: (() => void)[] = [];
  #left: number;
  #isArmed = false;

  constructor(perTurn: number) {
    this.#perTurn = perTurn;
    this.#left = perTurn;
  }

  /** Null: go on at once. Otherwise resolves when it is this reader's turn, in the order of asking. */
  enter(): Promise<void> | null {
    this.#arm();
    if (this.#left > 0) {
      this.#left -= 1;
      return null;
    }
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #arm(): void {
    if (this.#isArmed) return;
    this.#isArmed = true;
    setImmediate(() => this.#turn());
  }

  #turn(): void {
    this.#isArmed = false;
    const admitted = this.#queue.splice(0, this.#perTurn);
    this.#left = this.#perTurn - admitted.length;
    for (const resolve of admitted) resolve();
    if (this.#queue.length > 0) this.#arm();
  }
}
