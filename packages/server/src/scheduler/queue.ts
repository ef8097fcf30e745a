/**
 * What waits for a slot, fair by key: deficit round robin where every run costs the same, so each key that waits gets its
 * turn. Within a key, first come, first served.
 */
export class FairQueue<Item> {
  readonly #lines = new Map<string, Set<Item>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  sizeOf(key: string): number {
    return this.#lines.get(key)?.size ?? 0;
  }

  push(key: string, item: Item): void {
    const line = this.#lines.get(key);
    if (line === undefined) this.#lines.set(key, new Set([item]));
    else if (line.has(item)) return;
    else line.add(item);
    this.#size += 1;
  }

  /** The one whose turn it is, left in its place. */
  peek(): Item | undefined {
    for (const line of this.#lines.values()) for (const item of line) return item;
    return undefined;
  }

  /** In the order of turns as far as one key goes, then the next key. */
  *items(): Iterable<Item> {
    for (const line of this.#lines.values()) yield* line;
  }

  /** Takes it out because it was served: its key goes to the end of the round. */
  serve(key: string, item: Item): void {
    const line = this.#lines.get(key);
    if (!this.remove(key, item) || line === undefined || line.size === 0 || this.#lines.size === 1) return;
    this.#lines.delete(key);
    this.#lines.set(key, line);
  }

  remove(key: string, item: Item): boolean {
    const line = this.#lines.get(key);
    if (line === undefined || !line.delete(item)) return false;
    if (line.size === 0) this.#lines.delete(key);
    this.#size -= 1;
    return true;
  }
}
