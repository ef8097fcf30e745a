/** The Prometheus metrics of `api.md`. Labels are bounded: names of agents, versions and tags come from configs only. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { processMemory } from "./process-memory.ts";

export interface MetricsSource {
  /** Looked at when somebody scrapes. */
  readonly gauges: () => {
    readonly queued: number;
    readonly openStreams: number;
    readonly workers: Readonly<Record<string, number>>;
  };
  /** The workers' processes. */
  readonly processes: () => readonly { readonly agent: string; readonly version: string; readonly pid: number }[];
}

interface Ended {
  readonly agent: string;
  readonly version: string;
  readonly tag: string;
  readonly status: string;
  readonly origin: string;
  readonly queuedMs: number;
  readonly ms: number;
}

interface Series {
  readonly runs: Counter.Internal;
  readonly seconds: Histogram.Internal<string>;
  readonly queued: Histogram.Internal<string>;
}

const RUN_LABELS = ["agent", "version", "tag"] as const;
const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

export class Metrics {
  readonly #registry = new Registry();
  readonly #series = new Map<string, Series>();
  readonly #runs: Counter<string>;
  readonly #seconds: Histogram<string>;
  readonly #queued: Histogram<string>;
  readonly #starts: Counter<string>;
  readonly #startSeconds: Histogram<string>;

  constructor(source: MetricsSource) {
    const registers = [this.#registry];
    const histogram = (name: string, help: string, labelNames: string[]) =>
      new Histogram({ name, help, labelNames, buckets: SECONDS, registers });
    this.#runs = new Counter({
      name: "runagent_runs_total",
      help: "Ended runs",
      labelNames: [...RUN_LABELS, "status", "origin"],
      registers,
    });
    this.#seconds = histogram("runagent_run_seconds", "A run from its start to its end", [...RUN_LABELS]);
    this.#queued = histogram("runagent_queue_seconds", "A run's wait for a worker", [...RUN_LABELS]);
    this.#starts = new Counter({
      name: "runagent_starts_total",
      help: "Started workers",
      labelNames: ["kind"],
      registers,
    });
    this.#startSeconds = histogram("runagent_start_seconds", "The start of a worker", ["kind"]);
    this.#gauges(source, registers);
    collectDefaultMetrics({ register: this.#registry });
  }

  ended(run: Ended): void {
    const key = `${run.agent} ${run.version} ${run.tag} ${run.status} ${run.origin}`;
    let series = this.#series.get(key);
    if (series === undefined) {
      series = this.#open(run);
      this.#series.set(key, series);
    }
    series.runs.inc();
    series.seconds.observe(run.ms / 1000);
    series.queued.observe(run.queuedMs / 1000);
  }

  started(kind: string, ms: number): void {
    this.#starts.inc({ kind });
    this.#startSeconds.observe({ kind }, ms / 1000);
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }

  #open({ agent, version, tag, status, origin }: Ended): Series {
    const labels = { agent, version, tag };
    return {
      runs: this.#runs.labels({ ...labels, status, origin }),
      seconds: this.#seconds.labels(labels),
      queued: this.#queued.labels(labels),
    };
  }

  #gauges(source: MetricsSource, registers: Registry[]): void {
    type Read = (gauge: Gauge<string>) => void | Promise<void>;
    const gauge = (name: string, help: string, read: Read, labelNames: string[] = []) =>
      new Gauge({
        name,
        help,
        labelNames,
        registers,
        collect() {
          return read(this);
        },
      });
    gauge("runagent_queue_depth", "Runs that wait for a worker", (one) => one.set(source.gauges().queued));
    gauge("runagent_open_streams", "Open event streams", (one) => one.set(source.gauges().openStreams));
    gauge("runagent_workers", "Workers by state", (one) => setStates(one, source.gauges().workers), ["state"]);
    const memory = "runagent_worker_memory_bytes";
    gauge(memory, "Memory of the workers", (one) => setMemory(one, source.processes()), ["agent", "version"]);
  }
}

async function setMemory(gauge: Gauge<string>, processes: ReturnType<MetricsSource["processes"]>): Promise<void> {
  const sizes = await Promise.all(processes.map(({ pid }) => processMemory(pid)));
  gauge.reset();
  for (const [index, { agent, version }] of processes.entries()) gauge.inc({ agent, version }, sizes[index] ?? 0);
}

function setStates(gauge: Gauge<string>, states: Readonly<Record<string, number>>): void {
  gauge.reset();
  for (const [state, count] of Object.entries(states)) gauge.set({ state }, count);
}
