/** What was measured: for each subject and quantity one number a round. Medians, and ratios made within a round. */
export class Samples {
  readonly #numbers = new Map<string, number[]>();

  add(subject: string, quantity: string, value: number): void {
    const key = `${subject}\n${quantity}`;
    this.#numbers.set(key, [...this.of(subject, quantity), value]);
  }

  of(subject: string, quantity: string): readonly number[] {
    return this.#numbers.get(`${subject}\n${quantity}`) ?? [];
  }

  /** NaN when it was never measured. */
  median(subject: string, quantity: string): number {
    return median(this.of(subject, quantity));
  }

  /** The median of the rounds' own ratios: two subjects of one round met the same machine. */
  ratio(subject: string, other: string, quantity: string): number {
    const below = this.of(other, quantity);
    return median(this.of(subject, quantity).map((value, round) => value / (below[round] ?? Number.NaN)));
  }

  sum(quantity: string): number {
    const all = [...this.#numbers].filter(([key]) => key.endsWith(`\n${quantity}`)).flatMap(([, numbers]) => numbers);
    return all.reduce((a, b) => a + b, 0);
  }
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const high = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? high : (high + (sorted[middle - 1] ?? Number.NaN)) / 2;
}
