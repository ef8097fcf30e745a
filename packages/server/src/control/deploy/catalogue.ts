/**
 * The agents that are deployed here and their versions, as the records say. Read once at the start; every change is
 * written first. A version without its agent, or newer than its agent knows, is what a crash left: it is deleted.
 */
import type { AgentView, BundleFile } from "@runagent/protocol";
import { RunAgentError } from "@runagent/protocol";
import { closest } from "@runagent/protocol/config";
import type { Records } from "./ports.ts";
import {
  AGENTS,
  type AgentRecord,
  agentKey,
  MANIFESTS,
  manifestKey,
  readAgent,
  readManifest,
  readVersion,
  VERSIONS,
  type VersionRecord,
  versionKey,
  versionNumber,
} from "./records.ts";
import type { Residency } from "./residency.ts";

export interface DeployedAgent<Source> {
  record: AgentRecord;
  readonly versions: Map<string, Residency<Source>>;
  view: AgentView;
}

export class Catalogue<Source> {
  readonly #records: Records;
  readonly #place: (record: VersionRecord) => Residency<Source>;
  readonly #agents = new Map<string, DeployedAgent<Source>>();

  constructor(records: Records, place: (record: VersionRecord) => Residency<Source>) {
    this.#records = records;
    this.#place = place;
  }

  async open(): Promise<void> {
    const versions = new Map<string, VersionRecord[]>();
    for (const { value } of await this.#records.list(VERSIONS)) {
      const record = readVersion(value);
      const list = versions.get(record.agent) ?? [];
      if (list.push(record) === 1) versions.set(record.agent, list);
    }
    for (const { value } of await this.#records.list(AGENTS)) {
      const record = readAgent(value);
      const known = (versions.get(record.name) ?? []).filter((one) => versionNumber(one.version) <= record.last);
      this.#know(record, known);
    }
    for (const left of [...versions.values()].flat()) {
      if (this.find(left.agent)?.versions.has(left.version) !== true) await this.#forget(left.agent, left.version);
    }
  }

  all(): Iterable<DeployedAgent<Source>> {
    return this.#agents.values();
  }

  find(agent: string): DeployedAgent<Source> | undefined {
    return this.#agents.get(agent);
  }

  agent(name: string): DeployedAgent<Source> {
    const agent = this.#agents.get(name);
    if (agent !== undefined) return agent;
    const near = closest(name, [...this.#agents.keys()]);
    const guess = near === undefined ? "" : ` Did you mean "${near}"?`;
    throw new RunAgentError(
      "AGENT_NOT_FOUND",
      `There is no agent "${name}" here.${guess}`,
      near === undefined ? {} : { suggestion: near },
    );
  }

  version(agent: string, version: string): Residency<Source> {
    const { versions, record } = this.agent(agent);
    const found = versions.get(version);
    if (found !== undefined) return found;
    const detail = `${agent} has no version ${version}; ${record.live} is live.`;
    throw new RunAgentError("VERSION_NOT_FOUND", detail, { suggestion: record.live });
  }

  /** The version that new runs of the agent get. */
  live(agent: string): Residency<Source> {
    return this.version(agent, this.agent(agent).record.live);
  }

  /** Number of the next version. */
  next(agent: string): number {
    return (this.#agents.get(agent)?.record.last ?? 0) + 1;
  }

  /** Keeps what a version was made of. It is nobody's until an agent's record knows its number. */
  async keep(record: VersionRecord, files: readonly BundleFile[]): Promise<void> {
    await this.#records.update(manifestKey(record.agent, record.version), () => JSON.stringify(files));
    await this.#records.update(versionKey(record.agent, record.version), () => JSON.stringify(record));
  }

  /** Writes the agent's record: the switch. `added` is known from then on. */
  async change(record: AgentRecord, added?: Residency<Source>): Promise<void> {
    await this.#records.update(agentKey(record.name), () => JSON.stringify(record));
    const known = this.#agents.get(record.name);
    if (known === undefined) {
      if (added !== undefined) this.#show(record, new Map([[added.record.version, added]]));
      return;
    }
    if (added !== undefined) known.versions.set(added.record.version, added);
    this.#show(record, known.versions);
  }

  async manifest(agent: string, version: string): Promise<readonly BundleFile[]> {
    const { value } = await this.#records.update(manifestKey(agent, version), () => undefined);
    return value === null ? [] : readManifest(value);
  }

  async removeVersion(agent: string, version: string): Promise<void> {
    this.#agents.get(agent)?.versions.delete(version);
    await this.#forget(agent, version);
  }

  /** The agent first: what a crash leaves behind belongs to nobody. */
  async removeAgent(name: string): Promise<void> {
    const versions = [...(this.#agents.get(name)?.versions.keys() ?? [])];
    await this.#records.update(agentKey(name), () => null);
    this.#agents.delete(name);
    for (const version of versions) await this.#forget(name, version);
  }

  /** Everything that the versions refer to. */
  async inUse(): Promise<{ bundles: Set<string>; blobs: Set<string>; environments: Set<string> }> {
    const used = { bundles: new Set<string>(), blobs: new Set<string>(), environments: new Set<string>() };
    for (const { versions } of this.#agents.values()) {
      for (const { record } of versions.values()) {
        used.bundles.add(record.digest);
        if (record.built.environment !== null) used.environments.add(record.built.environment);
      }
    }
    for (const { value } of await this.#records.list(MANIFESTS)) {
      for (const { digest } of readManifest(value)) used.blobs.add(digest);
    }
    return used;
  }

  #know(record: AgentRecord, versions: readonly VersionRecord[]): void {
    this.#show(record, new Map(versions.map((one) => [one.version, this.#place(one)])));
  }

  #show(record: AgentRecord, versions: Map<string, Residency<Source>>): void {
    const live = versions.get(record.live);
    if (live === undefined) throw new RunAgentError("INTERNAL", `${record.name} has lost its version ${record.live}.`);
    this.#agents.set(record.name, { record, versions, view: viewOf(live.record) });
  }

  async #forget(agent: string, version: string): Promise<void> {
    await this.#records.update(versionKey(agent, version), () => null);
    await this.#records.update(manifestKey(agent, version), () => null);
  }
}

function viewOf({ agent, version, config, entrypoints }: VersionRecord): AgentView {
  return {
    name: agent,
    title: config.title,
    version,
    default: entrypoints[0]?.tag ?? "",
    entrypoints: entrypoints.map(({ tag, type, input, input_schema, output_schema, streams }) => {
      return { tag, type, input, input_schema, output_schema, streams };
    }),
  };
}
