/**
 * The frames of one call, counted from 1. Those of a durable call are kept until the server acknowledged them, so that a
 * new connection can have them again; above the bound the function waits.
 */
import type { FrameKind } from "@runagent/protocol";

interface Kept {
  readonly n: number;
  readonly kind: FrameKind;
  readonly body: string;
}

export type Send = (kind: FrameKind, call: number, body: string) => void;

export class Outbox {
  readonly call: number;
  readonly #send: Send;
  readonly #bound: number;
  readonly #kept: Kept[] | null;
  #bytes = 0;
  #last = 0;
  #waiting: (() => void)[] = [];

  constructor(options: { call: number; send: Send; durable: boolean; bound: number }) {
    this.call = options.call;
    this.#send = options.send;
    this.#bound = options.bound;
    this.#kept = options.durable ? [] : null;
  }

  get last(): number {
    return this.#last;
  }

  get first(): number {
    return this.#kept?.[0]?.n ?? this.#last + 1;
  }

  get empty(): boolean {
    return this.#kept === null || this.#kept.length === 0;
  }

  send(kind: FrameKind, body: string): void {
    this.#last += 1;
    if (this.#kept !== null) {
      this.#kept.push({ n: this.#last, kind, body });
      this.#bytes += body.length;
    }
    this.#send(kind, this.call, body);
  }

  /** Frames up to `n` may be forgotten. */
  ack(n: number): void {
    const kept = this.#kept;
    if (kept === null) return;
    let count = 0;
    for (const frame of kept) {
      if (frame.n > n) break;
      this.#bytes -= frame.body.length;
      count += 1;
    }
    kept.splice(0, count);
    if (this.#bytes < this.#bound) this.release();
  }

  /** Sends again what comes after frame `n`. */
  resend(n: number): void {
    this.ack(n);
    for (const frame of this.#kept ?? []) this.#send(frame.kind, this.call, frame.body);
  }

  /** Null when there is room; else resolves when there is. */
  room(): Promise<void> | null {
    if (this.#bytes < this.#bound) return null;
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Lets everyone who waits for room go on: there is some, or the run is over. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
