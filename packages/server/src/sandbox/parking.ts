/**
 * When a sandbox stands still: after a while without a run, and until the next one comes. What is at work is never parked; what
 * an agent does after its answer has until then to end.
 */
import type { Heartbeat } from "./channel/heartbeat.ts";
import type { Driver } from "./driver.ts";

export interface ParkingOptions {
  readonly driver: Driver;
  readonly heartbeat: Heartbeat;
  /** How long it stays awake without a run; null: until somebody parks it. */
  readonly idleMs: number | null;
  readonly isBusy: () => boolean;
}

/** Looks in the time that it may be idle. */
const LOOKS = 4;

export class Parking {
  readonly #options: ParkingOptions;
  readonly #timer: NodeJS.Timeout | null = null;
  #parked = false;
  /** Something happened since the last look. */
  #stirred = true;
  #quiet = 0;

  constructor(options: ParkingOptions) {
    this.#options = options;
    const { idleMs, driver } = options;
    if (idleMs !== null && driver.can.park) this.#timer = setInterval(() => this.#look(), idleMs / LOOKS).unref();
  }

  /** False: it cannot be, a run is at work, or a call came meanwhile. */
  async park(): Promise<boolean> {
    const { driver, heartbeat, isBusy } = this.#options;
    if (!driver.can.park || isBusy()) return false;
    if (this.#parked) return true;
    this.#parked = true;
    this.#stirred = false;
    heartbeat.pause();
    const still = await driver.park();
    if (still && !this.#stirred) return true;
    this.stir();
    return false;
  }

  /** What comes needs it awake. Cheap: it is said for every call. */
  readonly stir = (): void => {
    this.#stirred = true;
    if (!this.#parked) return;
    this.#parked = false;
    this.#options.driver.wake();
    this.#options.heartbeat.resume();
  };

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  #look(): void {
    this.#quiet = this.#stirred || this.#options.isBusy() ? 0 : this.#quiet + 1;
    this.#stirred = false;
    if (this.#quiet >= LOOKS && !this.#parked) void this.park();
  }
}
