/** The Prometheus metrics of `api.md`. Labels are bounded: names of agents, versions and tags come from configs only. */
import type { EgressRecord } from "@runagent/protocol";
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { EgressTally } from "./egress-tally.ts";
import { processMemory } from "./process-memory.ts";
import { type EndedRun, RunTally } from "./run-tally.ts";

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

const SECONDS = [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300];

export class Metrics {
  readonly #registry = new Registry();
  readonly #runs = new RunTally(SECONDS);
  readonly #starts: Counter<string>;
  readonly #startSeconds: Histogram<string>;
  readonly #evictions: Counter<string>;
  readonly #egress: EgressTally;
  readonly #spansDropped: Counter<string>;

  constructor(source: MetricsSource) {
    const registers = [this.#registry];
    this.#starts = new Counter({
      name: "runagent_starts_total",
      help: "Started workers",
      labelNames: ["kind"],
      registers,
    });
    this.#startSeconds = new Histogram({
      name: "runagent_start_seconds",
      help: "The start of a worker",
      labelNames: ["kind"],
      buckets: SECONDS,
      registers,
    });
    this.#evictions = new Counter({
      name: "runagent_evictions_total",
      help: "Sandboxes that were ended while nobody used them",
      labelNames: ["reason"],
      registers,
    });
    this.#spansDropped = new Counter({
      name: "runagent_trace_spans_dropped_total",
      help: "Spans that no collector got",
      registers,
    });
    this.#egress = new EgressTally(registers);
    this.#gauges(source, registers);
    collectDefaultMetrics({ register: this.#registry });
  }

  ended(run: EndedRun): void {
    this.#runs.add(run);
  }

  started(kind: string, ms: number): void {
    this.#starts.inc({ kind });
    this.#startSeconds.observe({ kind }, ms / 1000);
  }

  evicted(reason: string): void {
    this.#evictions.inc({ reason });
  }

  spansDropped(spans: number): void {
    this.#spansDropped.inc(spans);
  }

  reached(record: EgressRecord): void {
    this.#egress.add(record);
  }

  async text(): Promise<string> {
    return `${this.#runs.text()}\n${await this.#registry.metrics()}`;
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
