/** A method of a class: one instance per worker, and `this` is there. */
export class Counter {
  private readonly step = 1;

  add(input: { to: number }): { sum: number } {
    return { sum: input.to + this.step };
  }
}
