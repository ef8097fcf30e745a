/** Deploying, put together: what the gateway asks of it, and what the server does with it at its start and its end. */
import type {
  Deployment,
  DeploymentEvent,
  LimitValues,
  Page,
  ScaleView,
  VersionView,
  WorkerView,
} from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { Catalogue } from "./catalogue.ts";
import { Deployments } from "./deployments.ts";
import { HostMemory } from "./host-memory.ts";
import { LiveAgents } from "./live-agents.ts";
import type {
  Builder,
  Bundles,
  Checker,
  Clock,
  Observer,
  Records,
  ScaleBounds,
  Secrets,
  Starter,
  Versions,
} from "./ports.ts";
import type { VersionRecord } from "./records.ts";
import { Residency, type ResidencyParts } from "./residency.ts";
import { Retention } from "./retention.ts";
import { type Order, Rollout } from "./rollout.ts";
import { Switching } from "./switching.ts";
import { VersionViews } from "./version-views.ts";
import { type Row, sandboxRows, workerViews } from "./worker-views.ts";

export interface DeployingOptions<Source> {
  readonly records: Records;
  readonly bundles: Bundles;
  readonly builder: Builder;
  readonly starter: Starter<Source>;
  readonly versions: Versions<Source>;
  readonly checker: Checker;
  readonly secrets: Secrets;
  /** The scheduler's. */
  readonly workers: () => readonly Row[];
  /** Bytes in use by a process; null: it is gone. */
  readonly memoryOf: (pid: number) => number | null;
  readonly clock: Clock;
  readonly observer: Observer;
  /** Bytes that sandboxes may have together. */
  readonly memoryTotal: number;
  readonly limits: LimitValues;
}

export class Deploying<Source> {
  /** The gateway's `Agents`. */
  readonly agents: LiveAgents<Source>;
  readonly versions: VersionViews<Source>;
  readonly #options: DeployingOptions<Source>;
  readonly #catalogue: Catalogue<Source>;
  readonly #switching: Switching<Source>;
  readonly #deployments: Deployments<Source>;
  readonly #retention: Retention<Source>;
  #stopSweep: (() => void) | null = null;

  constructor(options: DeployingOptions<Source>) {
    const { records, bundles, builder, clock, limits, observer, memoryTotal } = options;
    this.#options = options;
    const memory = new HostMemory({
      ...{ total: memoryTotal, clock, limits },
      makeRoom: (bytes) => this.relieve(bytes),
    });
    const parts: ResidencyParts<Source> = { ...options, memory };
    const place = (record: VersionRecord): Residency<Source> => new Residency(record, parts);
    const catalogue = new Catalogue(records, place);
    this.agents = new LiveAgents(catalogue);
    const switching = new Switching({ catalogue, clock, limits, changed: () => this.agents.changed() });
    const rollout = new Rollout({ ...options, catalogue, switching, place });
    this.#catalogue = catalogue;
    this.#switching = switching;
    this.versions = new VersionViews(catalogue);
    this.#retention = new Retention({ catalogue, bundles, builder, clock, limits, busy: () => this.#deployments.busy });
    const ended = (agent: string): Promise<void> => this.#retention.apply(agent);
    const quiet = (): Promise<void> => this.#retention.quiet();
    this.#deployments = new Deployments({ quiet, records, bundles, rollout, clock, observer, limits, ended });
  }

  /** Reads what is deployed and takes over what still runs. It starts nothing that nobody asks for. */
  async open(): Promise<void> {
    await this.#catalogue.open();
    await this.#deployments.open();
    for (const found of await this.#options.starter.find()) {
      const place = this.#catalogue.find(found.agent)?.versions.get(found.version);
      if (place === undefined) await found.discard();
      else place.adopt(found);
    }
    this.#switching.restore();
    this.#sweepLater();
  }

  deploy(order: Order): Promise<Deployment> {
    return this.#deployments.start(order);
  }

  deployment(id: string): Deployment {
    return this.#deployments.get(id);
  }

  deployments(agent: string, cursor: string | null, limit: number): Page<Deployment> {
    return this.#deployments.list(agent, cursor, limit);
  }

  follow(id: string, signal: AbortSignal): AsyncIterable<DeploymentEvent> {
    return this.#deployments.follow(id, signal);
  }

  cancelDeployment(id: string): Deployment {
    return this.#deployments.cancel(id);
  }

  async promote(agent: string, version: string): Promise<VersionView> {
    await this.#switching.promote(agent, version);
    return this.versions.get(agent, version);
  }

  async rollback(agent: string): Promise<VersionView> {
    await this.#switching.rollback(agent);
    return this.versions.get(agent, this.#catalogue.agent(agent).record.live);
  }

  async scale(agent: string, change: Partial<ScaleBounds>): Promise<ScaleView> {
    const { min, max } = await this.#switching.scale(agent, change);
    return { agent, min_instances: min, max_instances: max };
  }

  /** Its runs end `cancelled` by `operator`. Resolves when nothing of it is left. */
  async remove(agent: string): Promise<void> {
    this.#catalogue.agent(agent);
    await this.#deployments.cancelAll(agent, new RunAgentError("CONFLICT", "The agent was deleted."));
    await this.#switching.alone(agent, async () => {
      const places = [...this.#catalogue.agent(agent).versions.values()];
      await this.#catalogue.removeAgent(agent);
      this.agents.changed();
      for (const one of places) one.cancelRuns("the agent was deleted");
      await Promise.all(places.map((one) => one.close()));
      await this.#deployments.forget(agent);
      await this.#options.secrets.forget(agent);
    });
    await this.#retention.collect();
  }

  /** One row a worker; `all`: sandboxes too. */
  workers(agent: string | null, all: boolean): readonly WorkerView[] {
    const rows = workerViews(this.#options.workers(), this.#options.memoryOf);
    const every = all ? [...rows, ...sandboxRows(this.#places())] : rows;
    return agent === null ? every : every.filter((one) => one.agent === agent);
  }

  /** A secret of the agent has another value: from now on its new workers have it. */
  async rotated(agent: string): Promise<void> {
    const places = [...(this.#catalogue.find(agent)?.versions.values() ?? [])];
    await Promise.all(places.map((one) => one.renew()));
  }

  /** Ends sandboxes that nobody uses, the longest idle first, until as many bytes are on their way back. */
  relieve(bytes: number): void {
    const idle = this.#places().flatMap((place) => (place.idleSince === null ? [] : { place, since: place.idleSince }));
    let wanted = bytes;
    for (const { place } of idle.sort((a, b) => a.since - b.since)) {
      if (wanted <= 0) return;
      wanted -= place.needs;
      this.#options.observer.evicted("memory");
      void place.cool();
    }
  }

  /** Deployments in progress fail; sandboxes stay for the next server (`leave`), or end. */
  async close({ leave }: { readonly leave: boolean }): Promise<void> {
    this.agents.closed = true;
    this.#stopSweep?.();
    this.#stopSweep = null;
    await this.#deployments.close();
    await Promise.all(this.#places().map((one) => (leave ? one.leave() : one.close())));
  }

  /** Versions become too old also where nobody deploys. */
  #sweepLater(): void {
    const { clock, limits, observer } = this.#options;
    this.#stopSweep = clock.after(limits.version_sweep, () => {
      if (this.agents.closed) return;
      this.#sweepLater();
      this.#retention.applyToAll().catch((fault: unknown) => {
        observer.note(`Old versions could not be deleted: ${RunAgentError.wrap(fault).message}`);
      });
    });
  }

  #places(): Residency<Source>[] {
    return [...this.#catalogue.all()].flatMap(({ versions }) => [...versions.values()]);
  }
}
