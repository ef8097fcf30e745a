/** Deployments and versions, as the API shows them (docs/reference/api.md). */
import type { Problem } from "./errors.ts";

export const DEPLOYMENT_STATUSES = ["building", "starting", "live", "failed", "cancelled"] as const;
export type DeploymentStatus = (typeof DEPLOYMENT_STATUSES)[number];

export const DEPLOYMENT_STEPS = ["bundle", "upload", "build", "start", "check", "switch"] as const;
export type DeploymentStep = (typeof DEPLOYMENT_STEPS)[number];

/** A file of a bundle: its content is known by its digest, `sha256:` and 64 hexadecimal digits. */
export interface BundleFile {
  /** Relative to the bundle, with forward slashes. */
  readonly path: string;
  readonly digest: string;
  readonly size: number;
  /** Permission bits. */
  readonly mode: number;
}

export interface StepTime {
  readonly name: DeploymentStep;
  readonly ms: number;
}

export interface Deployment {
  readonly id: string;
  readonly agent: string;
  /** Null until it is live. */
  readonly version: string | null;
  readonly status: DeploymentStatus;
  readonly created_at: string;
  readonly ended_at: string | null;
  readonly steps: readonly StepTime[];
  readonly problem: Problem | null;
  readonly message: string | null;
  /** Id of the key that made it; null: nobody needs one here. */
  readonly by: string | null;
  /** False: the same bundle was live already, nothing was built. Null until it has ended. */
  readonly changed: boolean | null;
}

export type DeploymentEvent =
  | { readonly event: "step"; readonly name: DeploymentStep; readonly ms: number }
  | { readonly event: "log"; readonly line: string }
  | DeployedEvent
  | ({ readonly event: "failed"; readonly step: DeploymentStep } & Problem);

export interface DeployedEvent {
  readonly event: "deployed";
  readonly agent: string;
  readonly version: string;
  /** Paths of this server. */
  readonly url: string;
  readonly version_url: string;
  readonly changed: boolean;
  /** What the bundle was made without, as whoever made it said. */
  readonly left_out: readonly string[];
  readonly egress: readonly string[];
  /** How its workers start. */
  readonly start: "fork" | "process";
  readonly ms: number;
}

/** `live`: new runs go there. `warm`: its sandbox is there, `promote` switches at once. `cold`: it is started first. */
export const VERSION_STATUSES = ["live", "warm", "cold"] as const;
export type VersionStatus = (typeof VERSION_STATUSES)[number];

export interface VersionView {
  readonly agent: string;
  readonly version: string;
  readonly status: VersionStatus;
  readonly created_at: string;
  readonly message: string | null;
  readonly by: string | null;
  /** Of the bundle. */
  readonly digest: string;
  readonly files: number;
  readonly bytes: number;
  readonly url: string;
}

export interface VersionDetail extends VersionView {
  readonly config: unknown;
  readonly entrypoints: readonly unknown[];
  readonly environment: string | null;
  readonly packages: readonly string[];
  readonly manifest: readonly BundleFile[];
}

export interface VersionDiff {
  readonly agent: string;
  readonly version: string;
  readonly against: string;
  readonly files: {
    readonly added: readonly string[];
    readonly changed: readonly string[];
    readonly removed: readonly string[];
  };
  readonly packages: { readonly added: readonly string[]; readonly removed: readonly string[] };
  /** Members of the config that differ, as they are in each. */
  readonly config: readonly { readonly pointer: string; readonly before: unknown; readonly after: unknown }[];
}

/** What `scale` has laid over the config; null: the config's own. */
export interface ScaleView {
  readonly agent: string;
  readonly min_instances: number | null;
  readonly max_instances: number | null;
}

export interface WorkerView {
  readonly agent: string;
  readonly version: string;
  /** `sandbox`: the row is of the sandbox, not of a worker in it. */
  readonly worker: string;
  readonly pid: number | null;
  readonly state: "starting" | "idle" | "busy" | "draining" | "running" | "parked";
  readonly runs: readonly string[];
  /** Bytes; null: not known. */
  readonly memory: number | null;
  readonly since: string;
}
