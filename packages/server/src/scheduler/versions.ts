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

  constructor(options: Omit<PoolOptions<Run>, "source">) {
    this.#options = options;
  }

  add(source: VersionSource): void {
    const version = new Version(source, this.#options.limits);
    this.#byName.set(nameOf(source.agent, source.version), version);
    this.#pools.set(version, new Pool<Run>({ ...this.#options, source }));
  }

  /** The version; when it is gone already, the newest of the agent. Throws VERSION_NOT_FOUND. */
  get(agent: string, name: string): Version {
    const version = this.#byName.get(nameOf(agent, name)) ?? this.newest(agent);
    if (version !== undefined) return version;
    throw new RunAgentError("VERSION_NOT_FOUND", `There is no version ${name} of the agent ${agent}.`);
  }

  newest(agent: string): Version | undefined {
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
    if (version === undefined) return;
    version.retired = true;
    const pool = this.poolOf(version);
    pool.cool();
    await version.free();
    this.#byName.delete(nameOf(agent, name));
    await pool.close(graceMs);
    this.#pools.delete(version);
  }

  async close(graceMs: number): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.close(graceMs)));
  }
}

const nameOf = (agent: string, version: string): string => `${agent}@${version}`;
