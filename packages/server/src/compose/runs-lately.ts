/**
 * Which run it was that did something at a moment, for what is told by version and time alone: the only one that ran then.
 * Reports come a little later than what they tell, so runs that ended a moment ago are remembered. Bounded.
 */
import type { EndedRun } from "../scheduler/ports.ts";

interface Version {
  readonly agent: string;
  readonly version: string;
}

interface Working extends Version {
  readonly runs: readonly string[];
}

interface Lately extends Version {
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

const MOST = 200;
/** Both times are rounded to milliseconds. */
const ROUNDING_MS = 1;

export class RunsLately {
  readonly #workers: () => readonly Working[];
  readonly #ended: Lately[] = [];

  constructor(workers: () => readonly Working[]) {
    this.#workers = workers;
  }

  ended({ id, agent, version, ms }: EndedRun): void {
    const to = Date.now() + ROUNDING_MS;
    this.#ended.push({ id, agent, version, from: to - ms - 2 * ROUNDING_MS, to });
    if (this.#ended.length > MOST) this.#ended.shift();
  }

  /** `at`: milliseconds since the epoch. Null: there was none, or more than one, and nobody can say which. */
  onlyAt(of: Version, at: number): string | null {
    const same = (one: Version): boolean => one.agent === of.agent && one.version === of.version;
    const over = this.#ended.filter((one) => same(one) && one.from <= at && at <= one.to).map((one) => one.id);
    const [run = null, ...others] = [
      ...over,
      ...this.#workers()
        .filter(same)
        .flatMap((one) => one.runs),
    ];
    return others.length === 0 ? run : null;
  }
}
