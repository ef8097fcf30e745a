export const ENTRYPOINT_TYPES = ["generic", "generic_stream", "async", "batch"] as const;
export type EntrypointType = (typeof ENTRYPOINT_TYPES)[number];
export const INPUT_SHAPES = ["object", "args", "chat"] as const;
export type InputShape = (typeof INPUT_SHAPES)[number];

/**
 * A config after everything was read, checked and filled in: what the rest of the platform works with. Sizes are bytes,
 * times milliseconds.
 */
export interface AgentConfig {
  /** As written. */
  readonly title: string;
  /** The URL name: a slug of `agent_name`. */
  readonly name: string;
  readonly description: string | null;
  readonly framework: string | null;
  readonly version: string | null;
  readonly entrypoints: readonly EntrypointConfig[];
  readonly envVars: Readonly<Record<string, string>>;
  readonly secrets: readonly string[];
  readonly resources: Resources;
  readonly runtime: {
    readonly python: string | null;
    readonly node: string | null;
    readonly image: string | null;
    readonly packages: readonly string[];
  };
  readonly network: { readonly egress: readonly string[] };
  readonly build: {
    readonly root: string | null;
    readonly include: readonly string[];
    readonly secrets: readonly string[];
  };
  readonly isolation: { readonly scope: "agent" | "session" | "run"; readonly require: "container" | "gvisor" | null };
  readonly lifespan: string | null;
  readonly persistentFolders: readonly { readonly path: string; readonly scope: "agent" | "user" | "session" }[];
  readonly session: { readonly onBusy: "enqueue" | "reject" | "interrupt" | "rollback"; readonly ttlMs: number | null };
  readonly healthcheck: string | null;
}

export interface Resources {
  readonly memory: number | null;
  readonly cpu: number | null;
  readonly timeoutMs: number;
  readonly concurrency: number | null;
  readonly minInstances: number;
  readonly maxInstances: number | null;
  readonly idleTimeoutMs: number;
  readonly disk: number | null;
}

export interface EntrypointConfig {
  readonly tag: string;
  /** Relative to the agent's folder, with forward slashes. */
  readonly file: string;
  /** `app`, `app.invoke`, `Class.method` … */
  readonly module: string;
  readonly type: EntrypointType | null;
  readonly input: InputShape | null;
  readonly delivery: "background" | null;
  readonly idempotent: boolean;
  readonly retry: Retry | null;
  readonly adapter: string | null;
  readonly factory: "worker" | "run";
  readonly checkpointer: "keep" | null;
  readonly configKeys: readonly string[];
  readonly redact: boolean;
  /** `runagent.config.json:12`. */
  readonly place: string;
}

export interface Retry {
  readonly maxAttempts: number;
  readonly on: readonly string[];
  readonly delayMs: number;
  readonly factor: number;
}
