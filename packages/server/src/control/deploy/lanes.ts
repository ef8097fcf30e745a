/** Work that goes one after the other for each name, in the order in which it came; a bounded number may wait. */
import { RunAgentError } from "@runagent/protocol";

export class Lanes {
  readonly #most: number;
  readonly #lanes = new Map<string, { waiting: number; last: Promise<unknown> }>();

  constructor(most: number) {
    this.#most = most;
  }

  /** Throws QUEUE_FULL at once when too many wait. */
  run<T>(name: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(name) ?? { waiting: 0, last: Promise.resolve() };
    this.assertRoom(name);
    lane.waiting += 1;
    const done = lane.last.then(work).finally(() => {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(name);
    });
    lane.last = done.catch(() => undefined); // whoever asked for it hears it
    this.#lanes.set(name, lane);
    return done;
  }

  assertRoom(name: string): void {
    if ((this.#lanes.get(name)?.waiting ?? 0) < this.#most) return;
    throw new RunAgentError("QUEUE_FULL", `${this.#most} deployments of ${name} wait already.`, { retry_after: 1 });
  }

  /** Resolves when what waits now is done; of one name, or of all. */
  async idle(name: string | null = null): Promise<void> {
    const lanes = [...this.#lanes].filter(([one]) => name === null || one === name);
    await Promise.all(lanes.map(([, { last }]) => last));
  }
}
