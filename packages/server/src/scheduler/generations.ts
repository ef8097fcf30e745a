/**
 * Things remembered for a while, forgotten in groups, the oldest first. Groups because one map that things enter and leave
 * by the ten thousand a second keeps, through its dead tables, everything alive until a full garbage collection.
 */
const GROUPS = 8; // the bound is kept to an eighth

interface Generation<Item> {
  readonly items: Map<string, Item>;
  weight: number;
}

export interface Bounds {
  readonly count: number;
  readonly weight: number;
}

export class Generations<Item extends { readonly id: string }> {
  readonly #width: Bounds;
  readonly #forgotten: (item: Item) => void;
  /** The oldest first. */
  #generations: Generation<Item>[] = [];
  size = 0;
  weight = 0;

  constructor(bounds: Bounds, forgotten: (item: Item) => void) {
    this.#width = { count: Math.ceil(bounds.count / GROUPS), weight: bounds.weight / GROUPS };
    this.#forgotten = forgotten;
  }

  add(item: Item, weight: number): void {
    let young = this.#generations.at(-1);
    if (young === undefined || young.items.size >= this.#width.count || young.weight >= this.#width.weight) {
      young = { items: new Map(), weight: 0 };
      this.#generations.push(young);
    }
    young.items.set(item.id, item);
    young.weight += weight;
    this.size += 1;
    this.weight += weight;
  }

  get(id: string): Item | undefined {
    for (const { items } of this.#generations) {
      const item = items.get(id);
      if (item !== undefined) return item;
    }
    return undefined;
  }

  *all(): Iterable<Item> {
    for (const { items } of this.#generations) yield* items.values();
  }

  /** False when there was nothing to forget. */
  forgetOldest(): boolean {
    const oldest = this.#generations.shift();
    if (oldest === undefined) return false;
    this.size -= oldest.items.size;
    this.weight -= oldest.weight;
    for (const item of oldest.items.values()) this.#forgotten(item);
    return true;
  }
}
