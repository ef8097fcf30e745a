/**
 * The runs that go on, by their ids. Not a Map, for the reason that `chain.ts` gives: buckets of runs that name the next
 * one, found by the last letters of the id, which are random.
 */
const BUCKETS = 1024; // ten thousand runs that go on are ten a bucket

export interface Indexed<Self> {
  readonly id: string;
  nextInBucket: Self | null;
}

export class RunIndex<Run extends Indexed<Run>> {
  readonly #buckets: (Run | null)[] = new Array<Run | null>(BUCKETS).fill(null);

  add(run: Run): void {
    const at = bucketOf(run.id);
    run.nextInBucket = this.#buckets[at] ?? null;
    this.#buckets[at] = run;
  }

  get(id: string): Run | undefined {
    for (let run = this.#buckets[bucketOf(id)] ?? null; run !== null; run = run.nextInBucket) {
      if (run.id === id) return run;
    }
    return undefined;
  }

  delete(run: Run): void {
    const at = bucketOf(run.id);
    let before: Run | null = null;
    for (let one = this.#buckets[at] ?? null; one !== null; one = one.nextInBucket) {
      if (one === run) {
        if (before === null) this.#buckets[at] = run.nextInBucket;
        else before.nextInBucket = run.nextInBucket;
        run.nextInBucket = null;
        return;
      }
      before = one;
    }
  }

  *values(): Iterable<Run> {
    for (const first of this.#buckets) {
      for (let run = first; run !== null; ) {
        const next: Run | null = run.nextInBucket;
        yield run;
        run = next;
      }
    }
  }
}

/** Two letters of base32. */
function bucketOf(id: string): number {
  const { length } = id;
  return (
    ((id.charCodeAt(length - 1) * 31 + id.charCodeAt(length - 2) * 37 + id.charCodeAt(length - 3)) >>> 0) % BUCKETS
  );
}
