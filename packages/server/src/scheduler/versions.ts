/** The loaded versions, each with its pool. A retired one takes no new runs and goes when its last run has. */
import { RunAgentError } from "@runagent/protocol";
import { Pool, type PoolOptions } from "./pool.ts";
import type { VersionSource } from "./ports.ts";
import type { Run } from "./run.ts";
import { Version } from "./version.ts";

export class Versions {
  readonly #options: Omit<PoolOptions<Run>, "source">;
  readonly #pools = new Map<Version, Pool<Run>>();
  readonly #byName = new Map<string, Version>();
  readonly #leading = new Map<string, Version>();

  constructor(options: Omit<PoolOptions<Run>, "source">) {
    this.#options = options;
  }

  add(source: VersionSource): Version {
    const { limits, clock } = this.#options;
    const version = new Version(source, limits, () => clock.now());
    this.#byName.set(nameOf(source.agent, source.version), version);
    this.#pools.set(version, new Pool<Run>({ ...this.#options, source }));
    return version;
  }

  /** Runs of the agent that name no version go there. */
  lead(version: Version): void {
    this.#leading.set(version.agent, version);
  }

  /** The version; when it is gone already, the newest of the agent. Throws VERSION_NOT_FOUND. */
  get(agent: string, name: string): Version {
    const version = this.#byName.get(nameOf(agent, name)) ?? this.newest(agent);
    if (version !== undefined) return version;
    throw new RunAgentError("VERSION_NOT_FOUND", `There is no version ${name} of the agent ${agent}.`);
  }

  /** The one that leads; else the one added last. */
  newest(agent: string): Version | undefined {
    const leading = this.#leading.get(agent);
    if (leading !== undefined) return leading;
    return [...this.#pools.keys()].findLast((one) => one.agent === agent && !one.retired);
  }

  poolOf(version: Version): Pool<Run> {
    const pool = this.#pools.get(version);
    if (pool !== undefined) return pool;
    throw new RunAgentError("INTERNAL", `The version ${version.name} of the agent ${version.agent} has no pool.`);
  }

  /** Every version with its pool. */
  all(): Iterable<readonly [Version, Pool<Run>]> {
    return this.#pools;
  }

  async retire(agent: string, name: string, graceMs: number): Promise<void> {
    const version = this.#byName.get(nameOf(agent, name));
    if (version !== undefined) await this.end(version, graceMs);
  }

  /** Another of its name may have been added meanwhile. */
  async end(version: Version, graceMs: number): Promise<void> {
    const name = nameOf(version.agent, version.name);
    version.retired = true;
    if (this.#leading.get(version.agent) === version) this.#leading.delete(version.agent);
    const pool = this.poolOf(version);
    pool.cool();
    await version.free();
    if (this.#byName.get(name) === version) this.#byName.delete(name);
    await pool.close(graceMs);
    this.#pools.delete(version);
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(graceMs)));
  }
}

const nameOf = (agent: string, version: string): string => `${agent}@${version}`;
