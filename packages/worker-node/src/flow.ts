/**
 * Keeps the pace of streams: a chunk leaves when it is yielded, memory does not grow with a slow reader (G1), and a
 * generator that never waits still lets the loop answer pings and cancels.
 */
import { setImmediate as nextTurn } from "node:timers/promises";
import type { Channel } from "./channel.ts";
import type { Run } from "./run.ts";

/** Unsent bytes above which streams wait. */
const BACKLOG_BYTES = 1024 * 1024;
/** A stream that never waits gives the loop a turn after so long. */
const TURN_MS = 5;
/** What was yielded leaves at the latest after so long, even when the loop has no turn. */
const FLUSH_MS = 1;

export class Flow {
  readonly #channel: Channel;
  #flushed = 0;
  #turned = 0;

  constructor(channel: Channel) {
    this.#channel = channel;
  }

  /** After each event of a stream. */
  async pace(run: Run): Promise<void> {
    const now = performance.now();
    if (now - this.#flushed > FLUSH_MS) {
      this.#flushed = now;
      this.#channel.flush();
    }
    const room = run.outbox.room();
    if (room !== null) await room;
    if (this.#channel.backlog > BACKLOG_BYTES) await this.#channel.writable();
    if (now - this.#turned > TURN_MS) await this.#turn();
  }

  async #turn(): Promise<void> {
    await nextTurn();
    this.#turned = performance.now();
  }
}
