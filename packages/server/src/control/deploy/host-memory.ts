/**
 * The memory of the host, promised to sandboxes before they start. Who finds no room waits, fair by agent, while the longest
 * idle give way, each agent once, and hears NO_CAPACITY when nothing comes free in time.
 */
import { type LimitValues, RunAgentError } from "@runagent/protocol";
import type { Clock } from "./ports.ts";
import { type Asking, Turns } from "./turns.ts";

export interface HostMemoryOptions {
  /** Bytes that sandboxes may have together. */
  readonly total: number;
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "capacity_wait" | "capacity_waiting" | "sandbox_reserve">;
  /** Begins to end idle sandboxes that hold as much; what they held comes back through their releases. */
  readonly makeRoom: (bytes: number) => void;
}

interface Waiting extends Asking {
  readonly grant: () => void;
}

export class HostMemory {
  readonly #options: HostMemoryOptions;
  readonly #waiting: Turns<Waiting>;
  #promised = 0;

  constructor(options: HostMemoryOptions) {
    this.#options = options;
    this.#waiting = new Turns(options.limits.sandbox_reserve);
  }

  get total(): number {
    return this.#options.total;
  }

  get promised(): number {
    return this.#promised;
  }

  /** For a sandbox of the agent. Resolves with what gives it back. */
  async reserve(asking: Asking, signal: AbortSignal): Promise<() => void> {
    const { bytes } = asking;
    signal.throwIfAborted();
    if (bytes > this.total) throw neverFits(bytes, this.total);
    if (this.#waiting.size > 0 || !this.#fits(bytes)) await this.#wait(asking, signal);
    else this.#promised += bytes;
    return this.#release(bytes);
  }

  /** Of a sandbox that is there already, whatever room there is. */
  adopt(bytes: number): () => void {
    this.#promised += bytes;
    return this.#release(bytes);
  }

  #fits(bytes: number): boolean {
    return this.#promised + bytes <= this.total;
  }

  #release(bytes: number): () => void {
    let held = true;
    return () => {
      if (held) this.#promised -= bytes;
      held = false;
      this.#serve();
    };
  }

  #serve(): void {
    for (let next = this.#waiting.next(); next !== undefined && this.#fits(next.bytes); next = this.#waiting.next()) {
      this.#waiting.take(next);
      this.#promised += next.bytes;
      next.grant();
    }
  }

  async #wait({ agent, bytes }: Asking, signal: AbortSignal): Promise<void> {
    const { clock, limits } = this.#options;
    if (this.#waiting.size >= limits.capacity_waiting) throw this.#noRoom(bytes);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const waiting: Waiting = { agent, bytes, grant: resolve };
    this.#waiting.add(waiting);
    const leave = (fault: unknown): void => {
      if (!this.#waiting.leave(waiting)) return;
      reject(fault);
      this.#serve();
    };
    const stop = clock.after(limits.capacity_wait, () => leave(this.#noRoom(bytes)));
    const aborted = (): void => leave(signal.reason);
    signal.addEventListener("abort", aborted, { once: true });
    this.#options.makeRoom(this.#promised + bytes - this.total);
    await promise.finally(() => {
      stop();
      signal.removeEventListener("abort", aborted);
    });
  }

  #noRoom(bytes: number): RunAgentError {
    const { total, limits } = { total: this.total, limits: this.#options.limits };
    const detail =
      `The sandbox needs ${mib(bytes)} of memory; ${mib(this.#promised)} of this host's ${mib(total)} are promised to ` +
      `sandboxes that are in use.`;
    return new RunAgentError("NO_CAPACITY", detail, { retry_after: Math.ceil(limits.capacity_wait / 1000) });
  }
}

/** Refused at deploy. */
export function neverFits(bytes: number, total: number): RunAgentError {
  const detail = `\`resources.memory\` is ${mib(bytes)}; all sandboxes of this host together may have ${mib(total)}.`;
  return new RunAgentError("INVALID_REQUEST", detail, { errors: [{ pointer: "/resources/memory", detail }] });
}

const mib = (bytes: number): string => `${Math.ceil(bytes / (1024 * 1024))} MiB`;
