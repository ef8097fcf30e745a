/** Which versions are kept: the newest, by count and age; never less than what is live, warm, or used. */
import type { LimitValues } from "@runagent/protocol";
import type { Catalogue, DeployedAgent } from "./catalogue.ts";
import type { Builder, Bundles, Clock } from "./ports.ts";
import { versionNumber } from "./records.ts";

export interface RetentionOptions<Source> {
  readonly catalogue: Catalogue<Source>;
  readonly bundles: Pick<Bundles, "collect">;
  readonly builder: Pick<Builder, "collect">;
  readonly clock: Clock;
  readonly limits: Pick<LimitValues, "versions_kept" | "version_age">;
  /** A deployment goes on: what it refers to is not known yet. */
  readonly busy: () => boolean;
}

export class Retention<Source> {
  readonly #options: RetentionOptions<Source>;
  #collecting: Promise<void> = Promise.resolve();

  constructor(options: RetentionOptions<Source>) {
    this.#options = options;
  }

  /** Deletes the versions of the agent that are too many or too old, then what only they referred to. */
  async apply(agent: string): Promise<void> {
    const found = this.#options.catalogue.find(agent);
    if (found !== undefined) for (const version of this.#tooOld(found)) await this.#remove(found, version);
    await this.collect();
  }

  /** The same for all agents. While a deployment goes on nothing is deleted: there is a next time. */
  async applyToAll(): Promise<void> {
    if (this.#options.busy()) return;
    for (const found of [...this.#options.catalogue.all()]) {
      for (const version of this.#tooOld(found)) await this.#remove(found, version);
    }
    await this.collect();
  }

  collect(): Promise<void> {
    if (this.#options.busy()) return Promise.resolve(); // the last one that ends comes here again
    this.#collecting = this.#collecting.then(() => this.#collect());
    const done = this.#collecting;
    this.#collecting = done.catch(() => undefined); // whoever asked for it hears it
    return done;
  }

  /** Resolves when nothing is being deleted: what a deployment lays out from then on stays. */
  quiet(): Promise<void> {
    return this.#collecting;
  }

  async #collect(): Promise<void> {
    if (this.#options.busy()) return;
    const { bundles, blobs, environments } = await this.#options.catalogue.inUse();
    await this.#options.bundles.collect({ bundles, blobs });
    await this.#options.builder.collect(environments);
  }

  #tooOld({ record, versions }: DeployedAgent<Source>): string[] {
    const { clock, limits } = this.#options;
    const now = clock.now();
    const warm = new Set(record.warm.filter((one) => one.until > now).map((one) => one.version));
    const newestFirst = [...versions.values()].sort(
      (a, b) => versionNumber(b.record.version) - versionNumber(a.record.version),
    );
    const unwanted = newestFirst.filter((one, at) => {
      const { version, created_at } = one.record;
      if (version === record.live || warm.has(version) || one.inUse) return false;
      return at >= limits.versions_kept || now - Date.parse(created_at) > limits.version_age;
    });
    return unwanted.map((one) => one.record.version);
  }

  async #remove({ record, versions }: DeployedAgent<Source>, version: string): Promise<void> {
    await versions.get(version)?.close();
    await this.#options.catalogue.removeVersion(record.name, version);
  }
}
