/**
 * Who waits for memory of the host, in the order of turns: deficit round robin by agent. An agent whose turn comes may take
 * as many bytes as the quantum adds to what it saved, so one that asks often or for much does not keep the others waiting.
 * Within an agent, first come, first served. Whose turn it is keeps it until there is room: nobody is passed over for ever.
 */
export interface Asking {
  readonly agent: string;
  readonly bytes: number;
}

interface Line<Item> {
  readonly items: Item[];
  /** Bytes that it may still take in this turn. */
  saved: number;
  /** It had its quantum in this turn. */
  paid: boolean;
}

export class Turns<Item extends Asking> {
  readonly #quantum: number;
  /** In the order of the round; none is empty. */
  readonly #lines = new Map<string, Line<Item>>();
  #size = 0;

  /** `quantum`: bytes, above 0. */
  constructor(quantum: number) {
    this.#quantum = quantum;
  }

  get size(): number {
    return this.#size;
  }

  add(item: Item): void {
    const line = this.#lines.get(item.agent) ?? { items: [], saved: 0, paid: false };
    this.#lines.set(item.agent, line);
    line.items.push(item);
    this.#size += 1;
  }

  /** The one whose turn it is, left in its place: the same until it is taken or leaves. */
  next(): Item | undefined {
    for (;;) {
      const [first] = this.#lines;
      if (first === undefined) return undefined;
      const [agent, line] = first;
      const [head] = line.items;
      if (head !== undefined && head.bytes <= line.saved) return head;
      if (line.paid) this.#toTheEnd(agent, line);
      else {
        line.saved += this.#quantum;
        line.paid = true;
      }
    }
  }

  /** Takes out the one whose turn it is. */
  take(item: Item): void {
    const line = this.#lines.get(item.agent);
    if (line !== undefined) line.saved -= item.bytes;
    this.leave(item);
  }

  /** False: it was not waiting any more. */
  leave(item: Item): boolean {
    const line = this.#lines.get(item.agent);
    const at = line?.items.indexOf(item) ?? -1;
    if (line === undefined || at < 0) return false;
    line.items.splice(at, 1);
    this.#size -= 1;
    if (line.items.length === 0) this.#lines.delete(item.agent); // what it saved is gone: nobody saves while idle
    return true;
  }

  #toTheEnd(agent: string, line: Line<Item>): void {
    line.paid = false;
    this.#lines.delete(agent);
    this.#lines.set(agent, line);
  }
}
