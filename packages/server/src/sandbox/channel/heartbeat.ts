/**
 * Watches from outside whether the loops of a sandbox's workers answer: one timer for all. A busy worker is asked twice in
 * `loop_silence`, an idle one each `idle_ping`. Judged after the sockets were read, so that our own delay is not theirs.
 */
import type { LimitValues } from "@runagent/protocol";

export interface Beating {
  readonly busy: boolean;
  ping(): void;
  /** Its loop did not answer for `loop_silence`, or answers again. */
  silent(silent: boolean): void;
}

interface Pulse {
  /** When the ping that is not answered yet was sent. */
  askedAt: number | null;
  lastAt: number;
}

export class Heartbeat {
  readonly #limits: LimitValues;
  readonly #pulses = new Map<Beating, Pulse>();
  #timer: NodeJS.Timeout | null = null;

  constructor(limits: LimitValues) {
    this.#limits = limits;
  }

  add(one: Beating): void {
    this.#pulses.set(one, { askedAt: null, lastAt: performance.now() });
    this.#timer ??= setInterval(() => setImmediate(this.#look), this.#limits.loop_silence / 4);
  }

  remove(one: Beating): void {
    this.#pulses.delete(one);
    if (this.#pulses.size === 0) this.close();
  }

  /** The worker's answer came. */
  answered(one: Beating): void {
    const pulse = this.#pulses.get(one);
    if (pulse === undefined) return;
    pulse.askedAt = null;
    one.silent(false);
  }

  /** What stands still does not answer, and is not asked. */
  pause(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** Everyone begins anew. */
  resume(): void {
    if (this.#timer !== null || this.#pulses.size === 0) return;
    for (const pulse of this.#pulses.values()) Object.assign(pulse, { askedAt: null, lastAt: performance.now() });
    this.#timer = setInterval(() => setImmediate(this.#look), this.#limits.loop_silence / 4);
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
    this.#pulses.clear();
  }

  readonly #look = (): void => {
    const now = performance.now();
    for (const [one, pulse] of this.#pulses) this.#lookAt(one, pulse, now);
  };

  #lookAt(one: Beating, pulse: Pulse, now: number): void {
    if (pulse.askedAt !== null) {
      if (now - pulse.askedAt >= this.#limits.loop_silence) one.silent(true);
      return;
    }
    const pause = one.busy ? this.#limits.loop_silence / 2 : this.#limits.idle_ping;
    if (now - pulse.lastAt < pause) return;
    pulse.askedAt = now;
    pulse.lastAt = now;
    one.ping();
  }
}
