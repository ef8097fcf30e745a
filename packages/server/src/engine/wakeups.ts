/** Wake-ups by name; a name that nobody waits for takes no room. */
import { Wakeup } from "./wakeup.ts";

export class Wakeups {
  readonly #waiting = new Map<string, { readonly wakeup: Wakeup; count: number }>();

  async next(name: string, signal: AbortSignal): Promise<void> {
    const waiting = this.#waiting.get(name) ?? { wakeup: new Wakeup(), count: 0 };
    this.#waiting.set(name, waiting);
    waiting.count += 1;
    await waiting.wakeup.next(signal);
    waiting.count -= 1;
    if (waiting.count === 0 && this.#waiting.get(name) === waiting) this.#waiting.delete(name);
  }

  wake(name: string): void {
    this.#waiting.get(name)?.wakeup.wake();
  }
}
