/**
 * The steps of a deployment: bundle → build → start → check → switch. Until the last one nothing that anybody uses has
 * changed; what a failed one left is taken away.
 */
import {
  type AgentConfig,
  type BundleFile,
  type DeployedEvent,
  type LimitValues,
  RunAgentError,
} from "@runagent/protocol";
import type { Catalogue } from "./catalogue.ts";
import type { DeploymentInWork } from "./deployment.ts";
import { neverFits } from "./host-memory.ts";
import type { Builder, Built, Bundle, Bundles, Checker, Clock, Observer, Secrets } from "./ports.ts";
import { type VersionRecord, versionName } from "./records.ts";
import type { Residency } from "./residency.ts";
import type { Switching } from "./switching.ts";

export interface RolloutParts<Source> {
  readonly bundles: Bundles;
  readonly builder: Builder;
  readonly checker: Checker;
  readonly secrets: Secrets;
  readonly catalogue: Catalogue<Source>;
  readonly switching: Switching<Source>;
  readonly place: (record: VersionRecord) => Residency<Source>;
  readonly memoryTotal: number;
  readonly clock: Clock;
  readonly observer: Pick<Observer, "buildLine">;
  readonly limits: Pick<LimitValues, "check_time">;
}

export interface Order {
  readonly agent: string;
  readonly files: readonly BundleFile[];
  /** The agent's own, in the bundle; empty: it is the whole. */
  readonly folder: string;
  readonly leftOut: readonly string[];
  readonly message: string | null;
  readonly by: string | null;
}

export class Rollout<Source> {
  readonly #parts: RolloutParts<Source>;

  constructor(parts: RolloutParts<Source>) {
    this.#parts = parts;
  }

  /** What it came to. Rejects with the problem that ends it; then nothing has changed. */
  async run(work: DeploymentInWork, order: Order): Promise<DeployedEvent> {
    const { signal } = work.abort;
    const { bundles, catalogue } = this.#parts;
    const bundle = await work.in("bundle", "building", () => bundles.materialise(order, signal));
    const live = catalogue.find(order.agent)?.record.live;
    const known = live === undefined ? null : catalogue.version(order.agent, live).record;
    if (known?.digest === bundle.digest) return deployed(known, { order, work, changed: false });
    const { config, built, version } = await work.in("build", "building", () => this.#build(work, order, bundle));
    const placed = await work.in("start", "starting", async () => {
      const record = recordOf({ order, bundle, config, built, version, at: this.#parts.clock.now() });
      return this.#start(record, signal);
    });
    try {
      if (config.healthcheck !== null) await work.in("check", "starting", () => this.#check(config, version, signal));
      await work.in("switch", "starting", async () => {
        await catalogue.keep(placed.record, order.files);
        await this.#parts.switching.deploy(placed, signal);
      });
    } catch (fault) {
      await placed.close();
      await catalogue.removeVersion(order.agent, version);
      throw fault;
    }
    return deployed(placed.record, { order, work, changed: true });
  }

  async #build(work: DeploymentInWork, order: Order, bundle: Bundle) {
    const { builder, catalogue, observer } = this.#parts;
    const { agent } = order;
    const { signal } = work.abort;
    const config = await builder.read(bundle, signal);
    await this.#assertPossible(agent, config);
    const version = versionName(catalogue.next(agent));
    const deployment = work.record.id;
    const built = await builder.build({
      ...{ agent, version, deployment, config, signal },
      directory: bundle.directory,
      onLine: (line) => {
        if (work.log(line)) observer.buildLine({ id: deployment, agent, version }, line);
      },
    });
    signal.throwIfAborted();
    return { config, built, version };
  }

  async #assertPossible(agent: string, config: AgentConfig): Promise<void> {
    const { memory, minInstances, maxInstances } = config.resources;
    const { memoryTotal, secrets } = this.#parts;
    if (config.name !== agent) {
      throw refused("/agent_name", `The bundle is of the agent ${config.name}, not of ${agent}.`);
    }
    if (memory !== null && memory > memoryTotal) throw neverFits(memory, memoryTotal);
    if (maxInstances !== null && minInstances > maxInstances) {
      throw refused("/resources/min_instances", "`resources.min_instances` is above `resources.max_instances`.");
    }
    const missing = await secrets.missing(agent, config.secrets);
    if (missing.length === 0) return;
    const detail = `${agent} has no value for its secrets ${missing.join(", ")}.`;
    throw new RunAgentError("INVALID_REQUEST", detail, {
      missing_secrets: missing,
      hint: `Set them: ${missing.map((name) => `\`runagent secret set ${agent} ${name}\``).join(", ")}.`,
    });
  }

  async #start(record: VersionRecord, signal: AbortSignal): Promise<Residency<Source>> {
    const placed = this.#parts.place(record);
    const stop = (): void => void placed.close();
    signal.addEventListener("abort", stop, { once: true });
    try {
      await placed.awaken("");
      signal.throwIfAborted();
      return placed;
    } catch (fault) {
      await placed.close();
      throw signal.aborted ? signal.reason : fault;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }

  async #check(config: AgentConfig, version: string, cancelled: AbortSignal): Promise<void> {
    const { checker, clock, limits } = this.#parts;
    const late = new AbortController();
    const stop = clock.after(limits.check_time, () => {
      const detail = `The healthcheck ${config.healthcheck} had no answer within ${limits.check_time / 1000} s.`;
      late.abort(new RunAgentError("LOAD_FAILED", detail));
    });
    const signal = AbortSignal.any([cancelled, late.signal]);
    try {
      const run = { agent: config.name, version, tag: config.healthcheck ?? "" };
      const problem = await checker.check(run, signal);
      signal.throwIfAborted();
      if (problem !== null) throw RunAgentError.from(problem);
    } finally {
      stop();
    }
  }
}

interface Made {
  readonly order: Order;
  readonly bundle: Bundle;
  readonly config: AgentConfig;
  readonly built: Built;
  readonly version: string;
  readonly at: number;
}

/** Its entrypoints are known when it has started. */
function recordOf({ order, bundle, config, built, version, at }: Made): VersionRecord {
  return {
    agent: order.agent,
    version,
    created_at: new Date(at).toISOString(),
    message: order.message,
    by: order.by,
    digest: bundle.digest,
    folder: order.folder,
    files: order.files.length,
    bytes: order.files.reduce((sum, { size }) => sum + size, 0),
    config,
    built,
    entrypoints: [],
    start: "process",
  };
}

function deployed(
  record: VersionRecord,
  { order, work, changed }: { readonly order: Order; readonly work: DeploymentInWork; readonly changed: boolean },
): DeployedEvent {
  const { agent, version, config, start } = record;
  return {
    event: "deployed",
    ...{ agent, version, changed, start },
    url: `/v1/run/${agent}`,
    version_url: `/v1/run/${agent}@${version}`,
    left_out: order.leftOut,
    egress: config.network.egress,
    ms: work.ms,
  };
}

const refused = (pointer: string, detail: string): RunAgentError =>
  new RunAgentError("INVALID_REQUEST", detail, { errors: [{ pointer, detail }] });
