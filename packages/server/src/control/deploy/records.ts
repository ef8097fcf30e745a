/**
 * What is kept of agents and their versions. An agent's record names the version that is live: changing it is the one
 * write that switches. What a version was made of is written before, so a crash leaves at most what nothing refers to.
 */
import type { AgentConfig, BundleFile, Deployment, Description, EntrypointDescription } from "@runagent/protocol";
import type { Built, ScaleBounds } from "./ports.ts";

export interface AgentRecord {
  readonly name: string;
  readonly live: string;
  /** Number of the newest version that ever was: none is given twice. */
  readonly last: number;
  /** Versions that were live before, the latest first: where `rollback` leads. */
  readonly history: readonly string[];
  /** Versions that were live lately, and until when (milliseconds since the epoch) they are kept warm. */
  readonly warm: readonly { readonly version: string; readonly until: number }[];
  readonly scale: ScaleBounds;
}

export interface VersionRecord {
  readonly agent: string;
  readonly version: string;
  readonly created_at: string;
  readonly message: string | null;
  readonly by: string | null;
  readonly digest: string;
  /** The agent's own in the bundle; empty, and missing in older records: it is the whole. */
  readonly folder?: string;
  readonly files: number;
  readonly bytes: number;
  readonly config: AgentConfig;
  readonly entrypoints: readonly EntrypointDescription[];
  readonly start: "fork" | "process";
  readonly built: Built;
}

export const AGENTS = "default/agents/";
export const VERSIONS = "default/versions/";
export const MANIFESTS = "default/manifests/";
export const DEPLOYMENTS = "default/deployments/";

export const agentKey = (agent: string): string => AGENTS + agent;
export const versionKey = (agent: string, version: string): string => `${VERSIONS}${agent}/${version}`;
export const manifestKey = (agent: string, version: string): string => `${MANIFESTS}${agent}/${version}`;
export const deploymentKey = (id: string): string => DEPLOYMENTS + id;

/** What its starter finds the agent's files by. */
export const bundleOf = ({ digest, folder = "" }: Pick<VersionRecord, "digest" | "folder">): string =>
  folder === "" ? digest : `${digest}/${folder}`;

// What is read here was written here.
export const readAgent = (text: string): AgentRecord => JSON.parse(text) as AgentRecord;
export const readVersion = (text: string): VersionRecord => JSON.parse(text) as VersionRecord;
export const readDeployment = (text: string): Deployment => JSON.parse(text) as Deployment;
export const readManifest = (text: string): readonly BundleFile[] => JSON.parse(text) as readonly BundleFile[];

export const versionName = (number: number): string => `v${number}`;
export const versionNumber = (version: string): number => Number(version.slice(1));

export const startKind = ({ fork }: Description): "fork" | "process" => (fork?.safe === true ? "fork" : "process");
