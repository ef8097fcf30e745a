/**
 * What waits for a slot, fair by key: deficit round robin where every run costs the same, so each key that waits gets its
 * turn. Within a key, first come, first served.
 */
import { Chain, type Link } from "./chain.ts";

export interface Queueable<Self> {
  readonly callerKey: string;
  /** Its place in the queue. */
  queueLink: Link<Self> | null;
}

export class FairQueue<Item extends Queueable<Item>> {
  readonly #lines = new Map<string, Chain<Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(key: string): number {
    return this.#lines.get(key)?.size ?? 0;
  }

  push(item: Item): void {
    this.#add(item, (line) => line.add(item));
  }

  /** Before all of its key: it was served and came back. */
  putBack(item: Item): void {
    this.#add(item, (line) => line.addFirst(item));
  }

  /** The one whose turn it is, left in its place. */
  peek(): Item | undefined {
    for (const line of this.#lines.values()) if (line.size > 0) return line.first;
    return undefined;
  }

  /** In the order of turns as far as one key goes, then the next key. */
  *items(): Iterable<Item> {
    for (const line of this.#lines.values()) yield* line;
  }

  /** Takes it out because it was served: its key goes to the end of the round. */
  serve(item: Item): void {
    this.remove(item);
    const line = this.#lines.get(item.callerKey);
    if (line === undefined || this.#lines.size === 1) return;
    this.#lines.delete(item.callerKey);
    if (line.size > 0) this.#lines.set(item.callerKey, line);
  }

  remove(item: Item): void {
    const { queueLink: link } = item;
    if (link === null) return;
    item.queueLink = null;
    const line = this.#lines.get(item.callerKey);
    if (line?.remove(link)) this.#size -= 1;
    if (line?.size === 0 && this.#lines.size > 1) this.#lines.delete(item.callerKey);
  }

  #add(item: Item, enter: (line: Chain<Item>) => Link<Item>): void {
    if (item.queueLink !== null) return;
    let line = this.#lines.get(item.callerKey);
    if (line === undefined) {
      line = new Chain();
      this.#lines.set(item.callerKey, line);
    }
    item.queueLink = enter(line);
    this.#size += 1;
  }
}
