/**
 * A list that things enter at its end and leave from anywhere, at the same cost. Not a Set: those that change by the ten
 * thousand a second chain their dead tables, and with them all that was ever inside, until a full garbage collection.
 */
export interface Link<Item> {
  readonly item: Item;
  before: Link<Item> | null;
  after: Link<Item> | null;
  in: Chain<Item> | null;
}

export class Chain<Item> {
  #first: Link<Item> | null = null;
  #last: Link<Item> | null = null;
  size = 0;

  get first(): Item | undefined {
    return this.#first?.item;
  }

  add(item: Item): Link<Item> {
    const link: Link<Item> = { item, before: this.#last, after: null, in: this };
    if (this.#last === null) this.#first = link;
    else this.#last.after = link;
    this.#last = link;
    this.size += 1;
    return link;
  }

  addFirst(item: Item): Link<Item> {
    const link: Link<Item> = { item, before: null, after: this.#first, in: this };
    if (this.#first === null) this.#last = link;
    else this.#first.before = link;
    this.#first = link;
    this.size += 1;
    return link;
  }

  /** False when it is not in this chain (any more). */
  remove(link: Link<Item>): boolean {
    if (link.in !== this) return false;
    if (link.before === null) this.#first = link.after;
    else link.before.after = link.after;
    if (link.after === null) this.#last = link.before;
    else link.after.before = link.before;
    link.before = null;
    link.after = null;
    link.in = null;
    this.size -= 1;
    return true;
  }

  /** What is removed while it is walked is skipped; the one at hand may be. */
  *[Symbol.iterator](): Iterator<Item> {
    for (let link = this.#first; link !== null; ) {
      const { after } = link;
      yield link.item;
      link = after;
    }
  }
}
