/**
 * The deployments: one of an agent at a time, in the order in which they came. What was going on when a server died is
 * failed at the next start: none is ever half done.
 */
import type { Deployment, DeploymentEvent, DeploymentStep, LimitValues, Page } from "@runagent/protocol";
import { newId, problem, RunAgentError } from "@runagent/protocol";
import { DeploymentInWork } from "./deployment.ts";
import { Lanes } from "./lanes.ts";
import type { Bundles, Clock, Observer, Records } from "./ports.ts";
import type { Progress } from "./progress.ts";
import { DEPLOYMENTS, deploymentKey, readDeployment } from "./records.ts";
import type { Order, Rollout } from "./rollout.ts";

export interface DeploymentsOptions<Source> {
  readonly records: Records;
  readonly bundles: Pick<Bundles, "missing">;
  readonly rollout: Rollout<Source>;
  readonly clock: Clock;
  readonly observer: Pick<Observer, "note">;
  readonly limits: Pick<
    LimitValues,
    "deployments_waiting" | "deployments_kept" | "deployments_told" | "build_log" | "build_log_kept"
  >;
  /** Resolves when nothing is being deleted. */
  readonly quiet: () => Promise<void>;
  /** One has ended. */
  readonly ended: (agent: string) => Promise<void>;
}

export class Deployments<Source> {
  readonly #options: DeploymentsOptions<Source>;
  readonly #lanes: Lanes;
  /** Oldest first. */
  readonly #ended = new Map<string, Deployment>();
  readonly #working = new Map<string, DeploymentInWork>();
  /** What was told of those that ended last. */
  readonly #told = new Map<string, Progress>();
  #closed = false;

  constructor(options: DeploymentsOptions<Source>) {
    this.#options = options;
    this.#lanes = new Lanes(options.limits.deployments_waiting);
  }

  async open(): Promise<void> {
    const found = (await this.#options.records.list(DEPLOYMENTS)).map(({ value }) => readDeployment(value));
    for (const one of found.sort((a, b) => (a.id < b.id ? -1 : 1))) {
      this.#ended.set(one.id, one.ended_at === null ? await this.#interrupted(one) : one);
    }
  }

  /** Throws CONFLICT with `missing`: digests that are to be sent first. */
  async start(order: Order): Promise<Deployment> {
    if (this.#closed) throw new RunAgentError("DRAINING", "The server is stopping.");
    const missing = await this.#options.bundles.missing([...new Set(order.files.map((one) => one.digest))]);
    if (missing.length > 0) {
      const detail = `${missing.length} files of the bundle are not here.`;
      throw new RunAgentError("CONFLICT", detail, { missing, hint: "Send them with `PUT /v1/blobs/{digest}`." });
    }
    this.#lanes.assertRoom(order.agent);
    const work = new DeploymentInWork(
      newDeployment(order, this.#options.clock.now()),
      this.#options.clock,
      this.#options.limits,
    );
    this.#working.set(work.record.id, work);
    await this.#keep(work.record);
    void this.#lanes.run(order.agent, () => this.#work(work, order));
    return work.record;
  }

  get(id: string): Deployment {
    const found = this.#working.get(id)?.record ?? this.#ended.get(id);
    if (found !== undefined) return found;
    throw new RunAgentError("NOT_FOUND", `There is no deployment ${id}.`);
  }

  /** Newest first. `cursor`: the id of the last one of the page before. */
  list(agent: string, cursor: string | null, limit: number): Page<Deployment> {
    const all = [...this.#ended.values(), ...[...this.#working.values()].map((one) => one.record)];
    const rest = all
      .filter((one) => one.agent === agent && (cursor === null || one.id < cursor))
      .sort((a, b) => (a.id < b.id ? 1 : -1));
    const items = rest.slice(0, limit);
    return { items, next: rest.length > limit ? (items.at(-1)?.id ?? null) : null };
  }

  /** What was told of it and is, until it has ended. Of one that ended long ago: its steps and its end. */
  follow(id: string, signal: AbortSignal): AsyncIterable<DeploymentEvent> {
    const record = this.get(id);
    const told = this.#working.get(id)?.progress ?? this.#told.get(id);
    return told?.follow(signal) ?? replayed(record);
  }

  /** Asked, not waited for. An ended one stays as it is. */
  cancel(id: string): Deployment {
    const record = this.get(id);
    this.#working.get(id)?.abort.abort(new RunAgentError("CONFLICT", "The deployment was cancelled."));
    return record;
  }

  /** Those of the agent; of all, when it is null. Resolves when they have ended. */
  async cancelAll(agent: string | null, why: RunAgentError): Promise<void> {
    for (const one of this.#working.values()) {
      if (agent === null || one.record.agent === agent) one.abort.abort(why);
    }
    await this.#lanes.idle(agent);
  }

  /** Digests that deployments in progress refer to are not to be collected: none of them is while this is true. */
  get busy(): boolean {
    return this.#working.size > 0;
  }

  async forget(agent: string): Promise<void> {
    for (const one of [...this.#ended.values()].filter((other) => other.agent === agent)) await this.#drop(one.id);
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.cancelAll(null, new RunAgentError("DRAINING", "The server stopped before the deployment was done."));
  }

  async #work(work: DeploymentInWork, order: Order): Promise<void> {
    const { id } = work.record;
    try {
      await this.#options.quiet();
      const done = await this.#options.rollout.run(work, order);
      const { version, changed } = done;
      await this.#keep(work.end({ status: "live", version, changed, problem: null }));
      work.progress.tell(done);
    } catch (fault) {
      await this.#failed(work, fault);
    }
    this.#working.delete(id);
    this.#ended.set(id, work.record);
    this.#remember(id, work.progress);
    await this.#trim(order.agent).catch((fault: unknown) => this.#complain(fault));
    await this.#options.ended(order.agent).catch((fault: unknown) => this.#complain(fault));
  }

  #remember(id: string, progress: Progress): void {
    this.#told.set(id, progress);
    const [oldest] = this.#told.keys();
    if (oldest !== undefined && this.#told.size > this.#options.limits.deployments_told) this.#told.delete(oldest);
  }

  async #failed(work: DeploymentInWork, fault: unknown): Promise<void> {
    const { signal } = work.abort;
    const found = RunAgentError.wrap(signal.aborted ? signal.reason : fault).problem;
    const status = signal.aborted && found.code === "CONFLICT" ? "cancelled" : "failed";
    // The disk may be what failed: whoever waits hears the first problem, and the next start finds the record unfinished.
    await this.#keep(work.end({ status, version: null, changed: false, problem: found })).catch((second: unknown) =>
      this.#complain(second),
    );
    work.fail(found);
  }

  async #interrupted(one: Deployment): Promise<Deployment> {
    const found = problem("DRAINING", "The server stopped before the deployment was done; what was live is live.", {
      hint: "Deploy again: what was sent is still here.",
    });
    const ended_at = new Date(this.#options.clock.now()).toISOString();
    const record: Deployment = { ...one, status: "failed", ended_at, problem: found, changed: false };
    await this.#keep(record);
    return record;
  }

  async #trim(agent: string): Promise<void> {
    const own = [...this.#ended.values()].filter((one) => one.agent === agent);
    const many = own.length - this.#options.limits.deployments_kept;
    for (const { id } of own.slice(0, Math.max(0, many))) await this.#drop(id);
  }

  async #drop(id: string): Promise<void> {
    this.#ended.delete(id);
    this.#told.delete(id);
    await this.#options.records.update(deploymentKey(id), () => null);
  }

  async #keep(record: Deployment): Promise<void> {
    await this.#options.records.update(deploymentKey(record.id), () => JSON.stringify(record));
  }

  #complain(fault: unknown): void {
    this.#options.observer.note(`A deployment's record could not be written: ${RunAgentError.wrap(fault).message}`);
  }
}

function newDeployment({ agent, message, by }: Order, now: number): Deployment {
  const created_at = new Date(now).toISOString();
  const nothing = { version: null, ended_at: null, problem: null, changed: null };
  return { id: newId("dep"), agent, status: "building", created_at, steps: [], message, by, ...nothing };
}

async function* replayed({
  agent,
  version,
  steps,
  problem: found,
  changed,
}: Deployment): AsyncIterable<DeploymentEvent> {
  for (const { name, ms } of steps) yield { event: "step", name, ms };
  if (found !== null) yield { event: "failed", step: after(steps.at(-1)?.name), ...found };
  else if (version !== null) {
    const ms = steps.reduce((sum, one) => sum + one.ms, 0);
    const urls = { url: `/v1/run/${agent}`, version_url: `/v1/run/${agent}@${version}` };
    yield {
      event: "deployed",
      agent,
      version,
      ...urls,
      changed: changed ?? true,
      left_out: [],
      egress: [],
      start: "process",
      ms,
    };
  }
}

/** The step that failed is the one after the last that was done. */
function after(done: DeploymentStep | undefined): DeploymentStep {
  const at = done === undefined ? -1 : ORDER.indexOf(done);
  return ORDER[at + 1] ?? "switch";
}

const ORDER: readonly DeploymentStep[] = ["bundle", "build", "start", "check", "switch"];
