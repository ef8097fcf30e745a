/**
 * What the gateway needs from the rest, in its own words. Everything about HTTP stays on this side of it; on the other
 * side there are runs. JSON of callers and agents is text here (`JsonText`): never parsed and written again.
 */
import type {
  AgentLogRecord,
  AgentView,
  AuditEntry,
  Batch,
  BatchRequest,
  BundleFile,
  Caller,
  CancelledBy,
  Deployment,
  DeploymentEvent,
  EgressRecord,
  EntrypointConfig,
  EntrypointDescription,
  JsonText,
  KeyView,
  KeyWish,
  LogRecord,
  NewKey,
  Page,
  Problem,
  RunAgentError,
  RunAnswer,
  RunEvent,
  RunFilter,
  RunRecord,
  RunRequest,
  ScaleView,
  SecretView,
  SessionView,
  VersionDetail,
  VersionDiff,
  VersionView,
  WorkerView,
} from "@runagent/protocol";

/** A run that this process holds, or whose record is kept. */
export interface RunHandle {
  readonly id: string;
  readonly version: string;
  /** A stored answer of an earlier run was found under the Idempotency-Key. */
  readonly replayed: boolean;
  /** Another caller with the same Idempotency-Key made this run. */
  readonly joined: boolean;
  /** Its entrypoint says `"delivery": "background"`. */
  readonly inBackground: boolean;
  record(): RunRecord;
  /** Resolves when the run has ended or waits. Never rejects. The same promise for all. */
  readonly answer: Promise<RunAnswer>;
  readonly events: EventReader;
  /** Somebody is attached: a direct run that nobody is attached to is cancelled. Call the result once, when they leave. */
  attach(kind: "json" | "stream"): () => void;
}

/** The events of one run. Pulled: nothing is pushed at a reader, so a slow one costs nobody anything. */
export interface EventReader {
  /** Events after number `after`, in order, at most `max`. Throws EVENTS_GONE when they are no longer kept. */
  slice(after: number, max: number): readonly RunEvent[];
  readonly last: number;
  readonly ended: boolean;
  /** Resolves when there is an event after `after`, or the signal aborts. */
  changed(after: number, signal: AbortSignal): Promise<void>;
  /** Live log records from now on, for streams that ask for them. */
  onLog(listener: (record: LogRecord) => void): () => void;
}

/** What was made under an Idempotency-Key, for calls that come again. */
export interface Repeats<Made> {
  /** The tag of what was made under the key, by whatever call; null: nothing was. */
  tagUnder(scope: { readonly caller: Caller; readonly agent: string; readonly key: string }): string | null;
  /** What the same call made; null: nothing. Throws IDEMPOTENCY_KEY_REUSED. */
  join(call: Pick<RunRequest, "caller" | "agent" | "idempotency">): Made | null;
}

/** Everything throws RunAgentError for what the catalogue names. */
export interface Runs extends Repeats<RunHandle> {
  /**
   * Admits a run of a resolved, loaded version, its input checked, or throws. Synchronous on purpose: this is the hot
   * path.
   */
  start(request: RunRequest): RunHandle;
  get(caller: Caller, id: string): RunHandle;
  list(caller: Caller, filter: RunFilter): Page<RunRecord>;
  logs(caller: Caller, id: string): readonly LogRecord[];
  cancel(
    caller: Caller,
    id: string,
    by: CancelledBy,
    reason: string | null,
  ): { readonly record: RunRecord; readonly ended: boolean };
  retry(caller: Caller, id: string): RunHandle;
  resume(caller: Caller, id: string, value: JsonText): RunHandle;
}

export interface MadeBatch {
  readonly batch: Batch;
  /** It had been made before, under the same Idempotency-Key. */
  readonly replayed: boolean;
}

export interface Batches extends Repeats<MadeBatch> {
  start(request: BatchRequest): MadeBatch;
  get(caller: Caller, id: string): Batch;
  runs(caller: Caller, id: string, cursor: string | null, limit: number): Page<RunRecord>;
  cancel(caller: Caller, id: string, reason: string | null): Batch;
  retry(caller: Caller, id: string): Batch;
}

export interface Sessions {
  list(caller: Caller, agent: string, cursor: string | null, limit: number): Page<SessionView>;
  get(caller: Caller, agent: string, id: string): SessionView & { readonly state: JsonText };
  delete(caller: Caller, agent: string, id: string): void;
  fork(
    caller: Caller,
    agent: string,
    id: string,
    to: { readonly id: string | null; readonly at: string | null },
  ): SessionView;
}

/** An entrypoint of a loaded version, found for one call. */
export interface Resolved {
  readonly agent: string;
  readonly version: string;
  readonly entrypoint: EntrypointDescription;
  readonly config: EntrypointConfig;
  /** The config's `resources.timeout`: no caller may ask for more. */
  readonly timeoutMs: number;
}

export interface Egress {
  /** Newest first. */
  list(agent: string, cursor: string | null, limit: number): Page<EgressRecord>;
}

export interface Agents {
  /**
   * Finds what a call is for: at once, or when a load in progress has ended. Throws or rejects AGENT_NOT_FOUND,
   * VERSION_NOT_FOUND, ENTRYPOINT_NOT_FOUND (with suggestions), LOAD_FAILED; QUEUE_FULL when too many wait for the load.
   */
  resolve(
    caller: Caller,
    call: { readonly agent: string; readonly version: string | null; readonly tag: string | null },
  ): Resolved | Promise<Resolved>;
  list(caller: Caller): readonly AgentView[];
  /** Waits for a load in progress; throws AGENT_NOT_FOUND, LOAD_FAILED. */
  get(caller: Caller, name: string): Promise<AgentView>;
  /** `ready`, or the problem that calls are answered with. */
  readiness(): { readonly ready: true } | { readonly ready: false; readonly problem: Problem };
  /** Calls `changed` after every load; what it returns ends that. */
  onChange(changed: () => void): () => void;
}

/** Keys, secrets, audit. `serve` has none: everybody may do everything. */
export interface Access {
  /** The key, if it is one that may call now. */
  find(key: string): KeyView | null;
  /** Takes one call of the key's allowance: headers to answer with, names and values in turn; RATE_LIMITED if none is left. */
  call(key: KeyView): { readonly headers: readonly string[]; readonly refusal: RunAgentError | null };
  /** An admin's key for the one-time code. Throws UNAUTHENTICATED. */
  login(code: string, address: string | null): Promise<NewKey>;
  /** Told when a key is revoked; what it returns ends that. */
  onRevoked(told: (id: string) => void): () => void;
  readonly keys: {
    list(): readonly KeyView[];
    create(wish: KeyWish, by: Deed): Promise<NewKey>;
    /** Throws NOT_FOUND. */
    revoke(id: string, by: Deed): Promise<void>;
  };
  readonly secrets: {
    list(agent: string): readonly SecretView[];
    set(
      secret: { readonly agent: string; readonly name: string; readonly value: string },
      by: Deed,
    ): Promise<SecretView>;
    unset(secret: { readonly agent: string; readonly name: string }, by: Deed): Promise<void>;
  };
  audit(cursor: string | null, limit: number): Page<AuditEntry>;
}

/** Who does something, for the audit log. */
export interface Deed {
  readonly caller: Caller;
  readonly address: string | null;
}

/** Contents that bundles are made of. */
export interface Blobs {
  /** Those of the digests whose content is not here. Throws INVALID_REQUEST for what is no digest. */
  missing(digests: readonly string[]): Promise<readonly string[]>;
  /** False: it was here already. Rejects with INVALID_INPUT, INPUT_TOO_LARGE, RATE_LIMITED, STORAGE_FULL. */
  put(digest: string, content: AsyncIterable<Uint8Array>): Promise<boolean>;
}

/** What `runagent server` has beside: deployments, versions, workers. */
export interface Platform {
  /** Throws CONFLICT with `missing` when files were not sent, QUEUE_FULL. */
  deploy(order: {
    readonly agent: string;
    readonly files: readonly BundleFile[];
    /** The agent's own, from the bundle's top; empty: it is the whole. */
    readonly folder: string;
    readonly leftOut: readonly string[];
    readonly message: string | null;
    readonly by: string | null;
    /** Of the caller. */
    readonly address: string | null;
  }): Promise<Deployment>;
  /** Throws NOT_FOUND; so do the two after it. */
  deployment(id: string): Deployment;
  follow(id: string, signal: AbortSignal): AsyncIterable<DeploymentEvent>;
  /** The deployment as it was when it was asked. */
  cancelDeployment(id: string): Deployment;
  deployments(agent: string, cursor: string | null, limit: number): Page<Deployment>;
  readonly versions: {
    list(agent: string, cursor: string | null, limit: number): Page<VersionView>;
    detail(agent: string, version: string): Promise<VersionDetail>;
    diff(agent: string, version: string, against: string | null): Promise<VersionDiff>;
  };
  promote(agent: string, version: string, by: Deed): Promise<VersionView>;
  rollback(agent: string, by: Deed): Promise<VersionView>;
  scale(
    agent: string,
    change: { readonly min?: number | null; readonly max?: number | null },
    by: Deed,
  ): Promise<ScaleView>;
  remove(agent: string, by: Deed): Promise<void>;
  workers(agent: string | null, all: boolean): readonly WorkerView[];
}

/** What agents printed, as it is kept. */
export interface AgentLogs {
  /** Rejects with AGENT_NOT_FOUND. */
  read(agent: string, wanted: WantedLog): Promise<LogReading>;
}

export interface WantedLog {
  readonly follow: boolean;
  /** Milliseconds since the epoch; null: from the first line that is kept. */
  readonly since: number | null;
  readonly run: string | null;
  /** A version or a deployment: lines of its build. Null: what the agent printed. */
  readonly build: string | null;
}

export type LogReading = (signal: AbortSignal) => AsyncIterable<AgentLogRecord>;

/** A file of the page at `/`. */
export interface PageFile {
  readonly type: string;
  readonly body: Buffer;
  readonly gzip: Buffer;
  readonly etag: string;
}

/** Its first file is `index.html`; the others carry a hash of their content in their names. */
export interface PageFiles {
  file(name: string): Promise<PageFile | null>;
}

/** One line a request, counters and times: called once when a request is over. */
export interface RequestObserver {
  request(entry: RequestEntry): void;
  /** One sentence for the server's log: a fault of ours, a schema that cannot be checked. */
  note?(sentence: string): void;
}

/** Traces of requests. */
export interface RequestTracer {
  request(asked: {
    readonly method: string;
    /** The route's pattern. */
    readonly route: string;
    readonly path: string;
    readonly traceparent: string | null;
    readonly tracestate: string | null;
  }): RequestTrace;
}

export interface RequestTrace {
  /** What a run of this request belongs to. */
  readonly traceparent: string;
  end(entry: Pick<RequestEntry, "status" | "runId" | "code">): void;
}

export interface RequestEntry {
  readonly method: string;
  readonly path: string;
  readonly status: number;
  readonly ms: number;
  readonly runId: string | null;
  readonly code: string | null;
}

export interface Info {
  readonly version: string;
  readonly api: string;
  readonly min_cli: string;
  readonly isolation: string;
  readonly degraded: readonly string[];
  readonly mapped_hosts: readonly string[];
}

export interface GatewayPorts {
  readonly runs: Runs;
  readonly batches: Batches;
  readonly sessions: Sessions;
  readonly agents: Agents;
  readonly egress: Egress;
  /** Left out: nobody needs a key. */
  readonly access?: Access;
  readonly page: PageFiles;
  readonly observer: RequestObserver;
  /** Left out: nobody traces. */
  readonly tracer?: RequestTracer;
  readonly info: () => Info;
  /** Prometheus text. */
  readonly metrics: () => Promise<string>;
  /** Left out in `serve`: its paths are then not there. */
  readonly platform?: Platform;
  readonly blobs?: Blobs;
  readonly logs?: AgentLogs;
}

export interface GatewaySettings {
  readonly host: string;
  /** 0: a free one. */
  readonly port: number;
  /** Host names that are answered, beside loopback ones. */
  readonly hosts: readonly string[];
  /** Any `Host` is answered, and pages of the same origin may call: for servers whose callers all have keys. */
  readonly anyHost?: boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
  /** A proxy in front says who calls, by `X-Forwarded-For`. */
  readonly behindProxy?: boolean;
  /** A listening socket that was handed over, instead of host and port. */
  readonly fd?: number;
  /** Durable-event visibility, pings, limits: defaults from `LIMITS`. */
  readonly limits?: Partial<Readonly<Record<string, number>>>;
}
