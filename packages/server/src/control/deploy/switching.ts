/** Which version of an agent is live, and for how long those before it stay warm. One change of an agent at a time. */
import type { LimitValues } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import type { Catalogue } from "./catalogue.ts";
import { Lanes } from "./lanes.ts";
import type { Clock, ScaleBounds } from "./ports.ts";
import { type AgentRecord, versionNumber } from "./records.ts";
import type { Residency } from "./residency.ts";

export interface SwitchingOptions<Source> {
  readonly catalogue: Catalogue<Source>;
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "rollback_warm" | "versions_kept" | "switches_waiting">;
  readonly changed: () => void;
}

export class Switching<Source> {
  readonly #options: SwitchingOptions<Source>;
  readonly #lanes: Lanes;

  constructor(options: SwitchingOptions<Source>) {
    this.#options = options;
    this.#lanes = new Lanes(options.limits.switches_waiting);
  }

  /** A new version, which is up, gets the new runs. `signal`: until the record is being written. */
  deploy(next: Residency<Source>, signal: AbortSignal): Promise<void> {
    const { agent, version } = next.record;
    return this.#lanes.run(agent, async () => {
      signal.throwIfAborted();
      const known = this.#options.catalogue.find(agent)?.record;
      const last = versionNumber(version);
      if (known === undefined) await this.#first(next, last);
      else await this.#switch({ ...this.#after(known, version), last }, next);
    });
  }

  /** Starts it if it is cold. */
  promote(agent: string, version: string): Promise<void> {
    return this.#lanes.run(agent, async () => {
      const { record } = this.#options.catalogue.agent(agent);
      const next = this.#options.catalogue.version(agent, version);
      if (record.live === version) return;
      await next.awaken("");
      await this.#switch(this.#after(record, version), next);
    });
  }

  /** Back to the version that was live before this one; once more, to the one before that. */
  rollback(agent: string): Promise<void> {
    return this.#lanes.run(agent, async () => {
      const { record, versions } = this.#options.catalogue.agent(agent);
      const at = record.history.findIndex((one) => versions.has(one));
      const version = record.history[at];
      if (version === undefined) {
        throw new RunAgentError("CONFLICT", `${agent} has no version before ${record.live} to go back to.`);
      }
      const next = this.#options.catalogue.version(agent, version);
      await next.awaken("");
      const after = this.#after(record, version);
      await this.#switch({ ...after, history: record.history.slice(at + 1) }, next);
    });
  }

  scale(agent: string, change: Partial<ScaleBounds>): Promise<ScaleBounds> {
    return this.#lanes.run(agent, async () => {
      const { catalogue } = this.#options;
      const { record, versions } = catalogue.agent(agent);
      const scale = { ...record.scale, ...change };
      assertBounds(scale, catalogue.live(agent).record.config.resources);
      const changed = { ...record, scale };
      await catalogue.change(changed);
      this.#apply(changed, versions.values());
      return scale;
    });
  }

  /** Nothing else changes the agent meanwhile. */
  alone<T>(agent: string, work: () => Promise<T>): Promise<T> {
    return this.#lanes.run(agent, work);
  }

  /** What the records say, at the start. */
  restore(): void {
    for (const { record, versions } of this.#options.catalogue.all()) this.#apply(record, versions.values());
  }

  async #first(next: Residency<Source>, last: number): Promise<void> {
    const { agent: name, version: live } = next.record;
    await this.#options.catalogue.change(
      { name, live, last, history: [], warm: [], scale: { min: null, max: null } },
      next,
    );
    next.setLive(true, null);
    this.#options.changed();
  }

  #after(record: AgentRecord, version: string): AgentRecord {
    const { clock, limits } = this.#options;
    const now = clock.now();
    const others = record.warm.filter(
      (one) => one.until > now && one.version !== version && one.version !== record.live,
    );
    return {
      ...record,
      live: version,
      history: [record.live, ...record.history.filter((one) => one !== record.live)].slice(0, limits.versions_kept),
      warm: [{ version: record.live, until: now + limits.rollback_warm }, ...others],
    };
  }

  async #switch(record: AgentRecord, next: Residency<Source>): Promise<void> {
    await this.#options.catalogue.change(record, next);
    this.#apply(record, this.#options.catalogue.agent(record.name).versions.values());
    this.#options.changed();
  }

  #apply(record: AgentRecord, versions: Iterable<Residency<Source>>): void {
    for (const one of versions) {
      const { version } = one.record;
      const warm = record.warm.find((other) => other.version === version);
      one.scale(record.scale);
      one.setLive(version === record.live, version === record.live ? null : (warm?.until ?? null));
    }
  }
}

function assertBounds(
  { min, max }: ScaleBounds,
  { minInstances, maxInstances }: { readonly minInstances: number; readonly maxInstances: number | null },
): void {
  const most = max ?? maxInstances;
  const least = min ?? minInstances;
  if (most === null || least <= most) return;
  throw new RunAgentError("INVALID_REQUEST", `There would be at least ${least} and at most ${most} workers.`);
}
