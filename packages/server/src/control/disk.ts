/**
 * How full the data directory's disk is. Below the reserve nothing that can wait is accepted, so that the records of what
 * runs already can still be written. Looked at every few seconds: what is freed counts by itself.
 */
import { statfs } from "node:fs/promises";
import { type LimitValues, RunAgentError } from "@runagent/protocol";

export interface DiskWatchOptions {
  readonly folder: string;
  readonly limits: Pick<LimitValues, "disk_reserve" | "disk_look">;
  /** `--disk-reserve`, in bytes; left out: `disk_reserve`, on small disks a part of the whole. */
  readonly reserve?: number;
}

export interface DiskState {
  readonly free: number;
  /** Free bytes below which nothing is accepted. */
  readonly reserve: number;
}

/** On small disks the reserve is this part of the whole. */
const PART = 0.05;

export class DiskWatch {
  readonly #options: DiskWatchOptions;
  #state: DiskState;
  #timer: NodeJS.Timeout | null = null;
  #looking: Promise<void> = Promise.resolve();
  #closed = false;

  /** Rejects when the folder cannot be looked at. */
  static async start(options: DiskWatchOptions): Promise<DiskWatch> {
    const watch = new DiskWatch(options, await look(options));
    watch.#lookLater();
    return watch;
  }

  private constructor(options: DiskWatchOptions, state: DiskState) {
    this.#options = options;
    this.#state = state;
  }

  /** As it was at the last look. */
  state(): DiskState {
    return this.#state;
  }

  isFull(): boolean {
    return this.#state.free < this.#state.reserve;
  }

  /** Throws STORAGE_FULL while the reserve is touched. */
  room(): void {
    if (!this.isFull()) return;
    const { free, reserve } = this.#state;
    const detail = `The disk of the data directory has ${free} bytes free; ${reserve} are kept in reserve.`;
    throw new RunAgentError("STORAGE_FULL", detail, { retry_after: Math.ceil(this.#options.limits.disk_look / 1000) });
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    await this.#looking;
  }

  #lookLater(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.#looking = this.#look();
    }, this.#options.limits.disk_look);
    this.#timer.unref();
  }

  /** A look that fails changes nothing: the writes themselves say what is wrong. */
  async #look(): Promise<void> {
    this.#state = await look(this.#options).catch(() => this.#state);
    this.#lookLater();
  }
}

async function look({ folder, limits, reserve }: DiskWatchOptions): Promise<DiskState> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const usual = Math.min(limits.disk_reserve, Math.floor(blocks * bsize * PART));
  return { free: bavail * bsize, reserve: reserve ?? usual };
}
