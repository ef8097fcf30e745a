/**
 * Every limit of the platform: one source. Each has a name, a unit, a default, and the answer when it is reached.
 * `docs/reference/limits.md` is generated from it. Sizes are bytes, times are milliseconds.
 */
import type { ErrorCode } from "./errors.ts";

export type LimitUnit = "bytes" | "ms" | "count";

export interface Limit {
  readonly value: number;
  readonly unit: LimitUnit;
  readonly about: string;
  /** What happens at the limit: a code of the catalogue, or a sentence. */
  readonly reached: ErrorCode | { readonly says: string };
}

const KiB = 1024;
const MiB = 1024 * KiB;
const SECOND = 1000;

const limit = (value: number, unit: LimitUnit, about: string, reached: Limit["reached"]): Limit => ({
  value,
  unit,
  about,
  reached,
});

export const LIMITS = {
  body: limit(4 * MiB, "bytes", "a request's body", "INPUT_TOO_LARGE"),
  headers: limit(16 * KiB, "bytes", "a request's headers together", "HEADERS_TOO_LARGE"),
  header_time: limit(10 * SECOND, "ms", "until a request's headers are there", "REQUEST_TIMEOUT"),
  body_time: limit(
    60 * SECOND,
    "ms",
    "until a request's body is there; of a file of a bundle: until `upload_pace` of it is",
    "REQUEST_TIMEOUT",
  ),
  upload_pace: limit(256 * KiB, "bytes", "what comes of a file of a bundle within each `body_time`", "REQUEST_TIMEOUT"),
  json_depth: limit(128, "count", "nesting of a JSON body", "INVALID_REQUEST"),
  connections: limit(10_000, "count", "open connections of a server", { says: "further ones are closed" }),
  event: limit(1 * MiB, "bytes", "one event's data", "EVENT_TOO_LARGE"),
  events_per_run: limit(16 * MiB, "bytes", "the data of a run's events together", "EVENTS_TOO_LARGE"),
  output: limit(8 * MiB, "bytes", "a run's output", "OUTPUT_TOO_LARGE"),
  log_line: limit(64 * KiB, "bytes", "one line of a log", { says: "the rest of the line is cut, and said" }),
  logs_per_run: limit(10 * MiB, "bytes", "a run's logs", { says: "further lines are dropped, and said once" }),
  queue_per_agent: limit(1000, "count", "calls and background runs that wait for a worker", "QUEUE_FULL"),
  queue_per_key: limit(100, "count", "the same, of one key", "QUEUE_FULL"),
  streams_per_key: limit(100, "count", "open event streams of one key", "RATE_LIMITED"),
  streams_in_serve: limit(10_000, "count", "open event streams of `runagent serve`, which has no keys", "RATE_LIMITED"),
  reader_behind: limit(1 * MiB, "bytes", "what is buffered for one slow reader", {
    says: "it is read from the run's events when the reader is ready",
  }),
  batch: limit(10_000, "count", "items of a batch", "INVALID_REQUEST"),
  list: limit(200, "count", "items of one page of a list", "INVALID_REQUEST"),
  runs_in_memory: limit(1000, "count", "ended runs that `runagent serve` remembers", {
    says: "the oldest are forgotten: RUN_NOT_RECORDED",
  }),
  run_bytes_in_memory: limit(
    32 * MiB,
    "bytes",
    "inputs, outputs, events and logs of ended runs that `runagent serve` remembers",
    { says: "the oldest are forgotten: RUN_NOT_RECORDED" },
  ),
  archive_time: limit(30 * 24 * 3600 * SECOND, "ms", "how long `runagent server` keeps ended runs", {
    says: "they are deleted: RUN_NOT_RECORDED",
  }),
  archive_events_time: limit(
    7 * 24 * 3600 * SECOND,
    "ms",
    "how long `runagent server` keeps the events of ended runs",
    "EVENTS_GONE",
  ),
  archive_bytes: limit(10 * 1024 * MiB, "bytes", "all the ended runs that `runagent server` keeps", {
    says: "the oldest are deleted: RUN_NOT_RECORDED",
  }),
  archive_queue: limit(32 * MiB, "bytes", "ended runs of `runagent server` that wait to be written to its archive", {
    says: "further direct runs are not kept, and counted; durable ones are",
  }),
  archive_delay: limit(100, "ms", "from a run's end in `runagent server` until it is written to its archive", {
    says: "a crash before that loses a direct run: RUN_NOT_RECORDED",
  }),
  archive_sweep: limit(3600 * SECOND, "ms", "between two looks for archived runs that are too old", {
    says: "they stay until the next one",
  }),
  trace_queue: limit(2048, "count", "spans that wait to be sent to a collector", { says: "dropped and counted" }),
  trace_batch: limit(512, "count", "spans in one post to a collector", { says: "the rest goes with the next" }),
  trace_delay: limit(5 * SECOND, "ms", "until spans are sent to a collector", { says: "they are sent" }),
  trace_time: limit(10 * SECOND, "ms", "one post to a collector", { says: "its spans are dropped and counted" }),
  trace_close: limit(500, "ms", "for the last spans of a server that stops", { says: "they are dropped" }),
  trace_tools: limit(64, "count", "open tool calls of a run in its trace", { says: "more are not in the trace" }),
  background_runs: limit(1000, "count", "background runs that have not ended, in `runagent serve`", "QUEUE_FULL"),
  idempotency_time: limit(24 * 3600 * SECOND, "ms", "how long an Idempotency-Key is kept", {
    says: "the key may be used again",
  }),
  session_queue: limit(10, "count", "runs that wait for one session", "SESSION_BUSY"),
  sessions_in_memory: limit(1000, "count", "sessions that `runagent serve` remembers", {
    says: "the one unused for the longest time is forgotten",
  }),
  session_bytes: limit(1 * MiB, "bytes", "a session's state", "OUTPUT_TOO_LARGE"),
  prefer_wait: limit(300 * SECOND, "ms", "the longest `Prefer: wait`", { says: "more counts as this" }),
  timeout: limit(300 * SECOND, "ms", "a run, unless `resources.timeout` says otherwise", "DEADLINE_EXCEEDED"),
  stop_grace: limit(2 * SECOND, "ms", "from cancel or deadline to the end of the process", {
    says: "the process is killed",
  }),
  neighbour_grace: limit(10 * SECOND, "ms", "what the other runs of such a process still have", "WORKER_LOST"),
  loop_silence: limit(1 * SECOND, "ms", "a worker's loop without an answer", {
    says: "the process gets no new runs until it answers",
  }),
  disconnect_grace: limit(15 * SECOND, "ms", "a direct stream without a reader", "RUN_CANCELLED"),
  channel_held: limit(16 * MiB, "bytes", "frames of a durable run that are not acknowledged", {
    says: "the function waits",
  }),
  frame: limit(32 * MiB, "bytes", "one frame between server and worker", "INTERNAL"),
  loop_doubt: limit(5, "ms", "a busy worker without a word", {
    says: "it is asked whether it answers before it gets another run",
  }),
  load_time: limit(300 * SECOND, "ms", "importing and describing an agent", "LOAD_FAILED"),
  probe_time: limit(5 * SECOND, "ms", "the probe that decides whether to fork", {
    says: "workers are started as processes",
  }),
  shutdown: limit(SECOND / 2, "ms", "what runs have after Ctrl-C, which ends all within two seconds", {
    says: "what is left is killed",
  }),
  log_queue: limit(4 * MiB, "bytes", "log lines that wait for a slow terminal", {
    says: "further lines are dropped, and counted",
  }),
  idle_timeout: limit(60 * SECOND, "ms", "how long an unused version stays awake, unless the config says otherwise", {
    says: "it is parked, and gone after ten times that",
  }),
  config_file: limit(1 * MiB, "bytes", "a config or `.env` file", { says: "it is not read, and said" }),
  discover_files: limit(400, "count", "source files that are looked at for an agent when there is no config", {
    says: "the nearest are looked at, and it is said",
  }),
  discover_depth: limit(6, "count", "folders below the agent's folder, when there is no config", {
    says: "what lies deeper is not looked at",
  }),
  discover_file: limit(512 * KiB, "bytes", "a source file that is looked at", { says: "it is passed over" }),
  discover_time: limit(20 * SECOND, "ms", "looking at the source files of one language", {
    says: "nothing is found in them, and it is said",
  }),
  environment_cache: limit(20, "count", "built environments that are kept", {
    says: "the one unused for the longest time is deleted",
  }),
  reconnect_attempts: limit(6, "count", "attempts of a client to find a lost event stream again, without a new event", {
    says: "the client's stream fails with its connection error",
  }),
  reconnect_delay: limit(10 * SECOND, "ms", "the longest pause of a client between two such attempts", {
    says: "further pauses are as long",
  }),
  stream_silence: limit(45 * SECOND, "ms", "an event stream without a byte, pings included", {
    says: "the client takes the connection for lost and opens it again",
  }),
  cancel_time: limit(5 * SECOND, "ms", "a client's wait for the answer to a cancel that it sends while leaving", {
    says: "the client leaves; the server ends the run after `disconnect_grace`",
  }),
  batch_poll: limit(2 * SECOND, "ms", "the longest pause of a client between two looks at a batch", {
    says: "further pauses are as long",
  }),
  spawn_wait: limit(10, "ms", "a run's wait for a free slot", {
    says: "one more worker is started, if there may be more",
  }),
  fast_known: limit(8, "count", "runs of a plain function until its pace is known", {
    says: "until then a process is given one of them at a time",
  }),
  fast_pace: limit(2, "ms", "the mean time of a plain function's runs", {
    says: "below it, runs are handed to its busy processes ahead",
  }),
  ahead_runs: limit(8, "count", "runs that a process of such functions holds, of which it executes one", {
    says: "further ones wait in the queue",
  }),
  ahead_age: limit(2, "ms", "how long such a process is at the same run", { says: "it is handed none ahead" }),
  recall_time: limit(5, "ms", "how long such a process is at the same run while others wait behind it", {
    says: "those are called back and go elsewhere",
  }),
  spawn_retry: limit(1 * SECOND, "ms", "after a worker could not be started, while others run", {
    says: "it is tried again",
  }),
  batch_runs_in_memory: limit(20_000, "count", "items of ended batches that `runagent serve` remembers", {
    says: "the oldest batches are forgotten: BATCH_NOT_FOUND",
  }),
  job_lease: limit(30 * SECOND, "ms", "a taken job without a sign of its taker", { says: "it may be taken again" }),
  keys: limit(10_000, "count", "API keys of a server", "CONFLICT"),
  login_code: limit(600 * SECOND, "ms", "how long a login code may be used", "UNAUTHENTICATED"),
  login_tries: limit(5, "count", "wrong tries of a login code from one address", {
    says: "the code is void for that address",
  }),
  login_addresses: limit(10_000, "count", "addresses whose wrong tries of a login code are remembered", {
    says: "the one silent for the longest time is forgotten",
  }),
  key_look: limit(30 * SECOND, "ms", "between two looks whether the key of what is open has expired, at the latest", {
    says: "what is open with an expired key is ended",
  }),
  secret: limit(64 * KiB, "bytes", "a secret's value", "INPUT_TOO_LARGE"),
  secrets_per_agent: limit(200, "count", "secrets of an agent", "CONFLICT"),
  audit_shown: limit(10_000, "count", "entries of the audit log that are listed", {
    says: "older ones stay on disk and are not listed",
  }),
  bundle: limit(250 * MiB, "bytes", "the files of a bundle together", "INPUT_TOO_LARGE"),
  bundle_files: limit(20_000, "count", "files of a bundle", "INPUT_TOO_LARGE"),
  file: limit(100 * MiB, "bytes", "one file of a bundle", "INPUT_TOO_LARGE"),
  uploads: limit(64, "count", "files that are being sent at a time", "RATE_LIMITED"),
  blob_age: limit(24 * 3600 * SECOND, "ms", "a file that was sent and that no version has", { says: "it is deleted" }),
  store_batch: limit(500, "count", "writes of the store in one transaction", { says: "the rest go into the next one" }),
  store_queue: limit(20_000, "count", "writes of the store that wait for the disk", "NO_CAPACITY"),
  disk_reserve: limit(
    2048 * MiB,
    "bytes",
    "what stays free on the data directory's disk; at most 5 % of it",
    "STORAGE_FULL",
  ),
  disk_look: limit(2 * SECOND, "ms", "between two looks at the disk's free space", {
    says: "what was freed counts at the next look",
  }),
  store_bytes_in_memory: limit(256 * MiB, "bytes", "records of durable runs in the memory engine", "STORAGE_FULL"),
  hosts_seen: limit(500, "count", "outgoing hosts that are remembered for an agent", {
    says: "further ones are not remembered",
  }),
  event_ping: limit(15 * SECOND, "ms", "between pings of an open event stream", { says: "`: ping` is written" }),
  event_retry: limit(1 * SECOND, "ms", "what a stream tells its reader to wait before it connects again", {
    says: "the reader connects again",
  }),
  stream_head: limit(5, "ms", "how long the head of a new run's stream waits for the agent's first words", {
    says: "the head leaves alone",
  }),
  stream_slice: limit(256, "count", "events that are taken for a reader at once", { says: "the rest follow" }),
  stream_write: limit(64 * KiB, "bytes", "what is written to a reader at once, unless one event is larger", {
    says: "the rest follows when the reader has taken it",
  }),
  stream_turn: limit(128, "count", "readers that are served in one turn of the event loop", {
    says: "the others are served in the next turns",
  }),
  retry_after: limit(1 * SECOND, "ms", "what `Retry-After` says when nothing better is known", {
    says: "the caller may try again",
  }),
  linger: limit(2 * SECOND, "ms", "from a refusal to the end of its connection", { says: "the connection is closed" }),
  keep_alive: limit(65 * SECOND, "ms", "a connection without a request", { says: "the connection is closed" }),
  preflight: limit(600 * SECOND, "ms", "how long a browser may remember what a page may send", {
    says: "the browser asks again",
  }),
  pointed_errors: limit(50, "count", "places that one problem points at", { says: "further ones are left out" }),
  list_usual: limit(50, "count", "items of a page when no `limit` is given", { says: "`next` leads to the rest" }),
  hello_time: limit(10 * SECOND, "ms", "from a worker's connection to its hello", { says: "the connection is closed" }),
  hellos_waiting: limit(64, "count", "connections to one sandbox's socket without a hello", {
    says: "the newest is closed",
  }),
  fork_time: limit(10 * SECOND, "ms", "from the order for a fork to its hello", "NO_CAPACITY"),
  idle_ping: limit(5 * SECOND, "ms", "between two looks whether an idle worker's loop answers", {
    says: "it is asked again",
  }),
  exit_news: limit(200, "ms", "how long the runs of a worker that is gone wait for its exit code", {
    says: "they end without it",
  }),
  kill_time: limit(5 * SECOND, "ms", "from SIGKILL until a process is gone", { says: "it is no longer waited for" }),
  last_output: limit(8 * KiB, "bytes", "the last output of a process that is kept for a failed load", {
    says: "what was before is left out",
  }),
  restart_pause: limit(10 * SECOND, "ms", "the longest pause before a template that ended is started again", {
    says: "further pauses are as long",
  }),
  sandbox_memory: limit(
    2 * 1024 * MiB,
    "bytes",
    "the memory of a sandbox, where `resources.memory` is not set",
    "OUT_OF_MEMORY",
  ),
  sandbox_disk: limit(1024 * MiB, "bytes", "what a sandbox may write, where `resources.disk` is not set", {
    says: "writing fails: no space left on device",
  }),
  sandbox_pids: limit(512, "count", "processes and threads of a sandbox", { says: "starting another fails" }),
  sandbox_open_files: limit(4096, "count", "open files of a process in a sandbox", { says: "opening another fails" }),
  sandbox_shm: limit(64 * MiB, "bytes", "`/dev/shm` of a sandbox", { says: "writing there fails" }),
  sandbox_orphan: limit(600 * SECOND, "ms", "how long a detached sandbox lives without a server", {
    says: "it ends itself",
  }),
  sandbox_idle: limit(60 * SECOND, "ms", "how long a sandbox without a run stays awake", {
    says: "it is frozen until the next call, where the kernel can",
  }),
  freeze_time: limit(2 * SECOND, "ms", "until every process of a sandbox is frozen", { says: "it stays awake" }),
  adoption_time: limit(10 * SECOND, "ms", "until a process of an adopted sandbox has said hello", {
    says: "it is ended",
  }),
  build_time: limit(600 * SECOND, "ms", "installing the packages of one version", "LOAD_FAILED"),
  build_memory: limit(2 * 1024 * MiB, "bytes", "the memory of a build", "LOAD_FAILED"),
  build_disk: limit(8 * 1024 * MiB, "bytes", "what a build may write, its kept downloads too", "LOAD_FAILED"),
  build_output: limit(8 * MiB, "bytes", "what a build may print", "LOAD_FAILED"),
  build_cpus: limit(2, "count", "processors of a build", { says: "it is slower" }),
  build_pids: limit(512, "count", "processes and threads of a build", { says: "starting another fails" }),
  base_cache: limit(10, "count", "file systems of sandboxes, and layers of Debian packages, that are kept", {
    says: "the one unused for the longest time is deleted",
  }),
  build_caches: limit(50, "count", "agents whose downloads are kept for their next build", {
    says: "those unused for the longest time are deleted",
  }),
  egress_connections: limit(512, "count", "open connections of a sandbox to the outside", {
    says: "further ones are reset",
  }),
  egress_dns_rate: limit(200, "count", "names that a sandbox asks for within a second", {
    says: "further questions are not answered",
  }),
  egress_names: limit(1000, "count", "names below `*.host` rules that one version has used", {
    says: "further names do not exist",
  }),
  egress_connect_time: limit(10 * SECOND, "ms", "until one address of the outside has taken a connection", {
    says: "the next address is tried, then the agent is told",
  }),
  egress_refusal_wait: limit(40, "ms", "until the first bytes of a refused connection are there", {
    says: "it is reset",
  }),
  egress_records: limit(1000, "count", "connections, and refusals, that are remembered", {
    says: "the oldest are forgotten",
  }),
  sandbox_reserve: limit(
    512 * MiB,
    "bytes",
    "the memory of the host that is promised to a sandbox, where `resources.memory` is not set",
    "NO_CAPACITY",
  ),
  capacity_wait: limit(10 * SECOND, "ms", "a sandbox's wait for memory of the host", "NO_CAPACITY"),
  capacity_waiting: limit(1000, "count", "sandboxes that wait for memory of the host", "NO_CAPACITY"),
  check_time: limit(60 * SECOND, "ms", "the healthcheck of a new version", "LOAD_FAILED"),
  build_log: limit(16 * MiB, "bytes", "the log of one build", { says: "the rest is left out, and said" }),
  build_log_kept: limit(1 * MiB, "bytes", "lines of a build that are kept for readers that come later", {
    says: "the oldest lines are left out",
  }),
  log_segment: limit(4 * MiB, "bytes", "one file of an agent's kept log", { says: "the next one is begun" }),
  logs_per_agent: limit(256 * MiB, "bytes", "the kept log of an agent; its builds have as much beside", {
    says: "the oldest file of it is deleted",
  }),
  logs_together: limit(10 * 1024 * MiB, "bytes", "the kept logs of all agents", {
    says: "the oldest files are deleted, within the hour",
  }),
  log_age: limit(7 * 24 * 3600 * SECOND, "ms", "how long a file of a kept log stays after its last line", {
    says: "it is deleted, within the hour",
  }),
  log_unwritten: limit(4 * MiB, "bytes", "lines of an agent's kept log that wait for the disk", {
    says: "further lines are dropped, and counted in the log",
  }),
  deployments_waiting: limit(10, "count", "deployments of one agent that have not ended", "QUEUE_FULL"),
  deployments_kept: limit(100, "count", "ended deployments that are kept for each agent", {
    says: "the oldest are forgotten",
  }),
  deployments_told: limit(20, "count", "ended deployments whose events can still be read whole", {
    says: "of older ones the steps and the end are told",
  }),
  switches_waiting: limit(20, "count", "changes of one agent's live version that wait for each other", "QUEUE_FULL"),
  rollback_warm: limit(600 * SECOND, "ms", "how long a version that was live is kept warm", {
    says: "it is started again when it is called or promoted",
  }),
  versions_kept: limit(50, "count", "versions that are kept for each agent", {
    says: "the oldest that nobody uses are deleted",
  }),
  version_age: limit(90 * 24 * 3600 * SECOND, "ms", "how old a version may become that is not live", {
    says: "it is deleted when nobody uses it",
  }),
  version_sweep: limit(3600 * SECOND, "ms", "between two looks for versions that are too old", {
    says: "they stay until the next one, or the next deployment",
  }),
} as const satisfies Record<string, Limit>;

export type LimitName = keyof typeof LIMITS;

/** The default values by name: what code takes where no setting says otherwise. */
export type LimitValues = { readonly [name in LimitName]: number };

export const DEFAULT_LIMITS: LimitValues = Object.fromEntries(
  Object.entries(LIMITS).map(([name, one]) => [name, one.value]),
) as LimitValues; // `fromEntries` forgets the keys; they are those of LIMITS
