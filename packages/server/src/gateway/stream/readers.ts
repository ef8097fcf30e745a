/** The open streams of a gateway: counted, bounded, and pinged by one timer that runs only while there are any. */
import { LIMITS, RunAgentError } from "@runagent/protocol";
import { Pace } from "./pace.ts";

export interface Pinged {
  ping(): void;
  /** Has no end of its own: it ends when the server begins to stop. */
  leave?(): void;
}

export class Readers {
  readonly pace = new Pace(LIMITS.stream_turn.value);
  readonly #most: number;
  readonly #pingMs: number;
  readonly #open = new Set<Pinged>();
  #timer: NodeJS.Timeout | null = null;

  constructor(most: number, pingMs: number) {
    this.#most = most;
    this.#pingMs = pingMs;
  }

  get count(): number {
    return this.#open.size;
  }

  /** Throws RATE_LIMITED when there is no room for another. */
  checkRoom(): void {
    if (this.#open.size < this.#most) return;
    throw new RunAgentError("RATE_LIMITED", `This server has ${this.#most} open event streams, the most it may have.`);
  }

  add(reader: Pinged): void {
    this.#open.add(reader);
    this.#timer ??= setInterval(() => this.#ping(), this.#pingMs);
  }

  remove(reader: Pinged): void {
    this.#open.delete(reader);
    if (this.#open.size === 0) this.#stop();
  }

  /** Ends those that would go on for ever. */
  drain(): void {
    for (const reader of [...this.#open]) reader.leave?.();
  }

  close(): void {
    this.#stop();
    this.#open.clear();
  }

  #ping(): void {
    for (const reader of this.#open) reader.ping();
  }

  #stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }
}
