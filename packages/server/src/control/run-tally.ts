/**
 * Counts and times of ended runs, by their labels. Every run comes through here: it costs a few additions. The text for
 * Prometheus is made when somebody scrapes. Source: https://prometheus.io/docs/instrumenting/exposition_formats/
 */

export interface EndedRun {
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly status: string;
  readonly origin: string;
  readonly queuedMs: number;
  readonly ms: number;
}

export class RunTally {
  readonly #bounds: readonly number[];
  readonly #tallies = new Map<string, Tally>();
  /** By entrypoint, whatever became of the runs. */
  readonly #times = new Map<string, EntrypointTimes>();
  #last: Tally | null = null;

  /** `bounds` of the buckets in seconds, ascending. */
  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
  }

  add(run: EndedRun): void {
    const tally = this.#last !== null && isSame(this.#last.of, run) ? this.#last : this.#find(run);
    this.#last = tally;
    tally.runs += 1;
    tally.times.run.add(run.ms / 1000);
    tally.times.queue.add(run.queuedMs / 1000);
  }

  text(): string {
    const runs = [...this.#tallies.values()].map((one) => `runagent_runs_total{${one.labels}} ${one.runs}`);
    const times = [...this.#times.values()];
    const lines = (name: string, which: keyof EntrypointTimes): string[] =>
      times.flatMap((one) => one[which].lines(name));
    return [
      ...family("runagent_runs_total", "counter", "Ended runs"),
      ...runs,
      ...family("runagent_run_seconds", "histogram", "A run from its start to its end"),
      ...lines("runagent_run_seconds", "run"),
      ...family("runagent_queue_seconds", "histogram", "A run's wait for a worker"),
      ...lines("runagent_queue_seconds", "queue"),
      "",
    ].join("\n");
  }

  #find(run: EndedRun): Tally {
    const { agent, version, tag, status, origin } = run;
    const entrypoint = labelText({ agent, version, tag });
    const labels = `${entrypoint},${labelText({ status, origin })}`;
    let tally = this.#tallies.get(labels);
    if (tally === undefined) {
      const of = { agent, version, tag, status, origin };
      tally = { of, labels, runs: 0, times: this.#timesOf(entrypoint) };
      this.#tallies.set(labels, tally);
    }
    return tally;
  }

  #timesOf(labels: string): EntrypointTimes {
    let times = this.#times.get(labels);
    if (times === undefined) {
      times = { run: new Times(labels, this.#bounds), queue: new Times(labels, this.#bounds) };
      this.#times.set(labels, times);
    }
    return times;
  }
}

type RunLabels = Pick<EndedRun, "agent" | "version" | "tag" | "status" | "origin">;

interface Tally {
  readonly of: RunLabels;
  readonly labels: string;
  runs: number;
  readonly times: EntrypointTimes;
}

interface EntrypointTimes {
  readonly run: Times;
  readonly queue: Times;
}

/** How often a time fell into each bucket. */
class Times {
  readonly #labels: string;
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(labels: string, bounds: readonly number[]) {
    this.#labels = labels;
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  add(seconds: number): void {
    let at = 0;
    while (seconds > (this.#bounds[at] ?? Number.POSITIVE_INFINITY)) at += 1;
    this.#counts[at] = (this.#counts[at] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** Each bucket with all below it. */
  lines(name: string): string[] {
    let count = 0;
    const buckets = [...this.#bounds, "+Inf"].map((bound, at) => {
      count += this.#counts[at] ?? 0;
      return `${name}_bucket{le="${bound}",${this.#labels}} ${count}`;
    });
    return [...buckets, `${name}_sum{${this.#labels}} ${this.#sum}`, `${name}_count{${this.#labels}} ${count}`];
  }
}

function isSame(one: RunLabels, other: RunLabels): boolean {
  return (
    one.tag === other.tag &&
    one.status === other.status &&
    one.version === other.version &&
    one.agent === other.agent &&
    one.origin === other.origin
  );
}

const family = (name: string, type: string, help: string): string[] => [
  `# HELP ${name} ${help}`,
  `# TYPE ${name} ${type}`,
];

function labelText(labels: Readonly<Record<string, string>>): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(",");
}

const escaped = (value: string): string =>
  value.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
