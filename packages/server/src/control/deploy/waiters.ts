/** Callers that wait for one version to start: bounded, together and by key. */
import { type LimitValues, RunAgentError } from "@runagent/protocol";

export class Waiters {
  readonly #limits: Pick<LimitValues, "queue_per_agent" | "queue_per_key">;
  readonly #byKey = new Map<string, number>();
  #count = 0;

  constructor(limits: Pick<LimitValues, "queue_per_agent" | "queue_per_key">) {
    this.#limits = limits;
  }

  get count(): number {
    return this.#count;
  }

  /** Throws QUEUE_FULL. The key "" is nobody's: only the whole is bounded. */
  async wait(key: string, until: () => Promise<void>): Promise<void> {
    this.#enter(key);
    try {
      await until();
    } finally {
      this.#leave(key);
    }
  }

  #enter(key: string): void {
    const { queue_per_agent, queue_per_key } = this.#limits;
    const own = this.#byKey.get(key) ?? 0;
    if (this.#count >= queue_per_agent) throw tooMany("this agent", queue_per_agent);
    if (key !== "" && own >= queue_per_key) throw tooMany("this key", queue_per_key);
    this.#count += 1;
    this.#byKey.set(key, own + 1);
  }

  #leave(key: string): void {
    this.#count -= 1;
    const own = (this.#byKey.get(key) ?? 1) - 1;
    if (own === 0) this.#byKey.delete(key);
    else this.#byKey.set(key, own);
  }
}

const tooMany = (whose: string, most: number): RunAgentError =>
  new RunAgentError("QUEUE_FULL", `${most} calls of ${whose} wait for it to start already.`, { retry_after: 1 });
