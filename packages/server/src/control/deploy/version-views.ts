/** Versions as the API shows them. */
import type { Page, VersionDetail, VersionDiff, VersionStatus, VersionView } from "@runagent/protocol";
import type { Catalogue } from "./catalogue.ts";
import { diffOf, shownConfig } from "./diff.ts";
import { versionNumber } from "./records.ts";
import type { Residency } from "./residency.ts";

export class VersionViews<Source> {
  readonly #catalogue: Catalogue<Source>;

  constructor(catalogue: Catalogue<Source>) {
    this.#catalogue = catalogue;
  }

  /** Newest first. `cursor`: the last version of the page before. */
  list(agent: string, cursor: string | null, limit: number): Page<VersionView> {
    const { versions } = this.#catalogue.agent(agent);
    const before = cursor === null ? Number.POSITIVE_INFINITY : versionNumber(cursor);
    const rest = [...versions.values()]
      .filter(({ record }) => versionNumber(record.version) < before)
      .sort((a, b) => versionNumber(b.record.version) - versionNumber(a.record.version));
    const items = rest.slice(0, limit).map((one) => this.#view(one));
    return { items, next: rest.length > limit ? (items.at(-1)?.version ?? null) : null };
  }

  get(agent: string, version: string): VersionView {
    return this.#view(this.#catalogue.version(agent, version));
  }

  async detail(agent: string, version: string): Promise<VersionDetail> {
    const residency = this.#catalogue.version(agent, version);
    const { config, entrypoints, built } = residency.record;
    return {
      ...this.#view(residency),
      config: shownConfig(config),
      entrypoints,
      environment: built.environment,
      packages: built.packages,
      manifest: await this.#catalogue.manifest(agent, version),
    };
  }

  /** `against` left out: the version that was made before it, if there is one, else itself. */
  async diff(agent: string, version: string, against: string | null): Promise<VersionDiff> {
    const after = this.#catalogue.version(agent, version).record;
    const before = this.#catalogue.version(agent, against ?? this.#before(agent, version)).record;
    return diffOf(
      { record: before, files: await this.#catalogue.manifest(agent, before.version) },
      { record: after, files: await this.#catalogue.manifest(agent, after.version) },
    );
  }

  #before(agent: string, version: string): string {
    const numbers = [...this.#catalogue.agent(agent).versions.keys()].map(versionNumber);
    const before = numbers.filter((one) => one < versionNumber(version));
    return before.length === 0 ? version : `v${Math.max(...before)}`;
  }

  #view(residency: Residency<Source>): VersionView {
    const { agent, version, created_at, message, by, digest, files, bytes } = residency.record;
    const status = this.#statusOf(residency);
    return {
      agent,
      version,
      status,
      created_at,
      message,
      by,
      digest,
      files,
      bytes,
      url: `/v1/run/${agent}@${version}`,
    };
  }

  #statusOf({ record, up }: Residency<Source>): VersionStatus {
    if (this.#catalogue.agent(record.agent).record.live === record.version) return "live";
    return up ? "warm" : "cold";
  }
}
