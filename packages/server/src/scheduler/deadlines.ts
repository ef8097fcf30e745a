/**
 * Calls back at each deadline, exactly, without a timer a run: far deadlines lie in buckets of one second, and only those
 * whose second has come get a timer of their own. Adding and removing costs one link.
 */
import { Chain, type Link } from "./chain.ts";
import type { Clock } from "./ports.ts";

const BUCKET_MS = 1000; // a width, not a limit: what is nearer than this has its own timer
const TICK_MS = 60_000; // the longest pause after which buckets that have become empty are swept out

export interface Timed<Self> {
  readonly deadline: number;
  /** Its place in its bucket. */
  deadlineLink: Link<Self> | null;
}

export class Deadlines<Item extends Timed<Item>> {
  readonly #clock: Clock;
  readonly #due: (item: Item) => void;
  readonly #buckets = new Map<number, Chain<Item>>();
  readonly #near = new Map<Item, () => void>();
  #stopTick: (() => void) | null = null;
  #tickAt = Number.POSITIVE_INFINITY;

  constructor(clock: Clock, due: (item: Item) => void) {
    this.#clock = clock;
    this.#due = due;
  }

  add(item: Item): void {
    const bucket = Math.floor(item.deadline / BUCKET_MS);
    if (bucket * BUCKET_MS <= this.#clock.now()) {
      this.#arm(item);
      return;
    }
    let items = this.#buckets.get(bucket);
    if (items === undefined) {
      items = new Chain();
      this.#buckets.set(bucket, items);
    }
    item.deadlineLink = items.add(item);
    if (bucket * BUCKET_MS < this.#tickAt) this.#tickLater(bucket * BUCKET_MS);
  }

  remove(item: Item): void {
    if (this.#near.size > 0) {
      const stop = this.#near.get(item);
      if (stop !== undefined) {
        stop();
        this.#near.delete(item);
        return;
      }
    }
    const { deadlineLink: link } = item;
    if (link === null) return;
    item.deadlineLink = null;
    link.in?.remove(link);
  }

  close(): void {
    this.#stopTick?.();
    this.#stopTick = null;
    this.#tickAt = Number.POSITIVE_INFINITY;
    for (const stop of this.#near.values()) stop();
    this.#near.clear();
    this.#buckets.clear();
  }

  #arm(item: Item): void {
    item.deadlineLink = null;
    const stop = this.#clock.after(Math.max(0, item.deadline - this.#clock.now()), () => {
      this.#near.delete(item);
      this.#due(item);
    });
    this.#near.set(item, stop);
  }

  #tickLater(at: number): void {
    this.#stopTick?.();
    this.#tickAt = at;
    const wait = Math.min(TICK_MS, Math.max(0, at - this.#clock.now()));
    this.#stopTick = this.#clock.after(wait, () => this.#tick());
  }

  #tick(): void {
    this.#stopTick = null;
    this.#tickAt = Number.POSITIVE_INFINITY;
    const now = this.#clock.now();
    let next = Number.POSITIVE_INFINITY;
    for (const [bucket, items] of this.#buckets) {
      const due = bucket * BUCKET_MS <= now;
      if (due || items.size === 0) this.#buckets.delete(bucket);
      else next = Math.min(next, bucket * BUCKET_MS);
      if (due) for (const item of items) this.#arm(item);
    }
    if (next !== Number.POSITIVE_INFINITY) this.#tickLater(next);
  }
}
