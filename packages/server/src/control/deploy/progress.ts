/** What is told of one deployment while it goes on: kept as far as there is room, for readers that come later. */
import type { DeploymentEvent } from "@runagent/protocol";

export class Progress {
  readonly #most: number;
  readonly #events: DeploymentEvent[] = [];
  readonly #waiting = new Set<() => void>();
  /** Events before it were dropped: lines of the log, the oldest first. */
  #first = 0;
  #size = 0;
  #ended = false;

  /** At most so many characters of the build's log are kept. */
  constructor(most: number) {
    this.#most = most;
  }

  tell(event: DeploymentEvent): void {
    if (this.#ended) return;
    this.#events.push(event);
    this.#size += sizeOf(event);
    while (this.#size > this.#most && this.#events.length > 1) this.#drop();
    if (event.event === "deployed" || event.event === "failed") this.#ended = true;
    for (const wake of this.#waiting) wake();
  }

  /** Everything from the first event that is kept to the end. */
  async *follow(signal: AbortSignal): AsyncIterable<DeploymentEvent> {
    for (let next = 0; !signal.aborted; ) {
      next = Math.max(next, this.#first);
      const event = this.#events[next - this.#first];
      if (event !== undefined) {
        next += 1;
        yield event;
      } else if (this.#ended) return;
      else await this.#changed(signal);
    }
  }

  #drop(): void {
    const gone = this.#events.shift();
    this.#first += 1;
    if (gone !== undefined) this.#size -= sizeOf(gone);
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener("abort", wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener("abort", wake, { once: true });
    });
  }
}

const sizeOf = (event: DeploymentEvent): number => (event.event === "log" ? event.line.length + 16 : 64);
