/**
 * What deploying needs from the rest, in its own words: records, bundles, a builder, somebody who starts sandboxes, and
 * the scheduler's versions. `Source` is what the starter makes for the scheduler: opaque here.
 */
import type { AgentConfig, BundleFile, Description, JsonText, Problem } from "@runagent/protocol";

/** The engine's records. One server writes them, so what was listed at the start and written since is all there is. */
export interface Records {
  /** Read and compare-and-set in one; resolves when durable. `f` returns null to delete, undefined to leave it. */
  update(
    key: string,
    f: (value: string | null) => string | null | undefined,
  ): Promise<{ readonly value: string | null }>;
  /** Every record below the prefix. */
  list(prefix: string): Promise<readonly { readonly key: string; readonly value: string }[]>;
}

export interface Bundle {
  /** Of the whole: the same files give the same. */
  readonly digest: string;
  /** The agent's folder; read-only. */
  readonly directory: string;
  /** All that was sent: the same, or a folder around it. */
  readonly whole: string;
}

export interface SentBundle {
  readonly files: readonly BundleFile[];
  /** The agent's own, from the bundle's top; empty: it is the whole. */
  readonly folder: string;
}

export interface Bundles {
  /** Digests whose content is not here. */
  missing(digests: readonly string[]): Promise<readonly string[]>;
  /** Lays the files out. Throws INVALID_REQUEST for paths that no bundle may have, STORAGE_FULL. */
  materialise(sent: SentBundle, signal: AbortSignal): Promise<Bundle>;
  /** No version refers to anything else: the rest may be deleted. */
  collect(inUse: { readonly bundles: ReadonlySet<string>; readonly blobs: ReadonlySet<string> }): Promise<void>;
}

export interface BuildRequest {
  readonly agent: string;
  readonly version: string;
  readonly deployment: string;
  readonly directory: string;
  readonly config: AgentConfig;
  readonly signal: AbortSignal;
  readonly onLine: (line: string) => void;
}

export interface Built {
  /** Names the environment: the same lock gives the same; null: it needs none. */
  readonly environment: string | null;
  /** `name==version` of what is installed. */
  readonly packages: readonly string[];
  /** Whatever the starter needs; kept with the version. */
  readonly spec: JsonText;
}

export interface Builder {
  /** The config of the bundle, or its agent as found. Throws a problem that names every mistake. */
  read(bundle: Bundle, signal: AbortSignal): Promise<AgentConfig>;
  /** Makes the environment. Throws LOAD_FAILED with what the build said. */
  build(request: BuildRequest): Promise<Built>;
  /** No version refers to other environments: the rest may be deleted. */
  collect(inUse: ReadonlySet<string>): Promise<void>;
}

export interface StartRequest {
  readonly agent: string;
  readonly version: string;
  /** Digest of the bundle, which was materialised before; behind it `/` and the agent's folder, where that is not the whole. */
  readonly bundle: string;
  readonly config: AgentConfig;
  readonly built: Built;
  readonly signal: AbortSignal;
}

/** A sandbox with one version imported and described. Secrets were given to it as they were at its start. */
export interface Resident<Source> {
  readonly description: Description;
  readonly source: Source;
  /** Everything in it stands still until a run comes, which wakes it. False: it cannot, or somebody is at work. */
  park(): Promise<boolean>;
  /** Bytes in use now. */
  memory(): number | null;
  /** Lets go of it without ending it, for the next server. */
  leave(): Promise<void>;
  close(graceMs: number): Promise<void>;
}

export interface FoundResident<Source> {
  readonly agent: string;
  readonly version: string;
  /** Takes it over; rejects when it does not answer any more. */
  adopt(signal: AbortSignal): Promise<Resident<Source>>;
  /** Nobody wants it. */
  discard(): Promise<void>;
}

export interface Starter<Source> {
  /** Imports and describes. Throws LOAD_FAILED with the traceback, NO_CAPACITY. */
  start(request: StartRequest): Promise<Resident<Source>>;
  /** Sandboxes that an earlier server left running. */
  find(): Promise<readonly FoundResident<Source>[]>;
}

/** A version that the scheduler has. */
export interface PlacedVersion {
  /** Since when no run refers to it; null: one does. */
  readonly idleSince: number | null;
  /** Runs of the agent that name no version go here from now on. */
  lead(): void;
  /** Bounds of its workers that win over the config's. */
  scale(bounds: ScaleBounds): void;
  /** Every run of it ends `cancelled` by `operator`. */
  cancelRuns(reason: string): void;
  /** No new runs; resolves when its last run has ended and its sandbox is closed. */
  retire(): Promise<void>;
}

export interface ScaleBounds {
  readonly min: number | null;
  readonly max: number | null;
}

/** The scheduler's. */
export interface Versions<Source> {
  add(source: Source): PlacedVersion;
}

/** Calls an entrypoint of a version that is not live yet. */
export interface Checker {
  /** The problem that the run ended with, or null. */
  check(
    run: { readonly agent: string; readonly version: string; readonly tag: string },
    signal: AbortSignal,
  ): Promise<Problem | null>;
}

export interface Secrets {
  /** Of `names`, those that the agent has no value for. */
  missing(agent: string, names: readonly string[]): Promise<readonly string[]>;
  /** The agent is deleted. */
  forget(agent: string): Promise<void>;
}

/** Time as deploying sees it; tests drive it. */
export interface Clock {
  now(): number;
  /** Calls back once, after `ms`. The result stops it. */
  after(ms: number, call: () => void): () => void;
}

/** What the operator sees: the server's log, metrics, audit. */
export interface Observer {
  /** A line of a build, to be kept. */
  buildLine(deployment: { readonly id: string; readonly agent: string; readonly version: string }, line: string): void;
  /** Something that somebody did, or that went wrong where nobody waits. */
  note(sentence: string): void;
  started(kind: "sandbox" | "restore", ms: number): void;
  evicted(reason: "memory" | "idle"): void;
}
