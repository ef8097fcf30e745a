/** The other hops as the gateway sees them, in this process: runs wait until the test (or `onStart`) drives them. */
import {
  type Batch,
  type BatchRequest,
  type EntrypointConfig,
  type EntrypointDescription,
  newId,
  type Problem,
  RunAgentError,
  type RunFilter,
  type RunRequest,
  type SessionView,
} from "@runagent/protocol";
import type { AgentLogs, GatewayPorts, PageFile, Platform, RequestEntry } from "../../src/gateway/ports.ts";
import { FakeRun } from "./fake-run.ts";

export class FakeWorld {
  readonly runs = new Map<string, FakeRun>();
  readonly started: FakeRun[] = [];
  readonly filters: RunFilter[] = [];
  readonly batches: BatchRequest[] = [];
  readonly cancelled: { readonly id: string; readonly reason: string | null }[] = [];
  readonly resumed: string[] = [];
  readonly requests: RequestEntry[] = [];
  readonly notes: string[] = [];
  /** Who wants to hear of loads. */
  readonly listeners = new Set<() => void>();
  readonly page = new Map<string, PageFile>();
  schema: unknown = {};
  type: EntrypointDescription["type"] = "generic";
  delivery: EntrypointConfig["delivery"] = null;
  notReady: Problem | null = null;
  /** Runs that were made before, by their Idempotency-Keys. */
  readonly earlier = new Map<string, FakeRun>();
  /** The Idempotency-Key of a batch that was made before. */
  earlierBatch: string | null = null;
  /** As `runagent server` has it; null: this is `serve`. */
  platform: Platform | null = null;
  logs: AgentLogs | null = null;
  onStart: (run: FakeRun) => void = (run) => run.succeed(run.request.input);
  make: (request: RunRequest) => FakeRun = (request) => new FakeRun(request);
  #described: EntrypointDescription | null = null;
  #onRequest: (() => void)[] = [];

  /** Resolves at the next entry of the observer. */
  nextRequest(): Promise<void> {
    return new Promise((resolve) => this.#onRequest.push(resolve));
  }

  ports(): GatewayPorts {
    return {
      runs: {
        start: (request) => this.#start(request),
        tagUnder: ({ key }) => this.earlier.get(key)?.request.tag ?? null,
        join: ({ idempotency }) => this.#join(idempotency),
        get: (_caller, id) => this.#get(id),
        list: (_caller, filter) => {
          this.filters.push(filter);
          return { items: this.started.slice(0, filter.limit).map((run) => run.record()), next: null };
        },
        logs: (_caller, id) => {
          this.#get(id);
          return [{ at: "2026-11-22T10:00:00.000Z", level: "info", stream: "stdout", message: "hello\nthere" }];
        },
        cancel: (_caller, id, _by, reason) => {
          const run = this.#get(id);
          this.cancelled.push({ id, reason });
          return { record: run.record(), ended: run.ended };
        },
        retry: (_caller, id) => this.#start(this.#get(id).request),
        resume: (_caller, id, value) => {
          this.resumed.push(value);
          return this.#get(id);
        },
      },
      batches: {
        start: (request) => {
          this.batches.push(request);
          return { batch: batch(request.items.length), replayed: false };
        },
        tagUnder: ({ key }) => (this.earlierBatch === key ? "chat" : null),
        join: () => ({ batch: batch(1), replayed: true }),
        get: (_caller, id) => {
          if (id === KNOWN_BATCH) return batch(1);
          throw new RunAgentError("BATCH_NOT_FOUND", `There is no batch ${id}.`);
        },
        runs: () => ({ items: this.started.map((run) => run.record()), next: "c2" }),
        cancel: () => batch(1),
        retry: () => batch(1),
      },
      sessions: {
        list: () => ({ items: [SESSION], next: null }),
        get: () => ({ ...SESSION, state: '{"big":12345678901234567890}' }),
        delete: () => {},
        fork: (_caller, _agent, _id, to) => ({ ...SESSION, id: to.id ?? "s-2" }),
      },
      egress: { list: () => ({ items: [], next: null }) },
      agents: {
        resolve: (_caller, call) => this.#resolve(call),
        list: () => [this.#view()],
        get: () => Promise.resolve(this.#view()),
        readiness: () => (this.notReady === null ? { ready: true } : { ready: false, problem: this.notReady }),
        onChange: (changed) => {
          this.listeners.add(changed);
          return () => void this.listeners.delete(changed);
        },
      },
      page: { file: (name) => Promise.resolve(this.page.get(name) ?? null) },
      observer: {
        request: (entry) => {
          this.requests.push(entry);
          for (const tell of this.#onRequest.splice(0)) tell();
        },
        note: (sentence) => this.notes.push(sentence),
      },
      info: () => ({
        version: "0.1.0",
        api: "v1",
        min_cli: "0.1.0",
        isolation: "none",
        degraded: [],
        mapped_hosts: [],
      }),
      metrics: () => Promise.resolve("runagent_open_streams 0\n"),
      ...(this.platform === null ? {} : { platform: this.platform }),
      ...(this.logs === null ? {} : { logs: this.logs }),
    };
  }

  #start(request: RunRequest): FakeRun {
    const run = this.make(request);
    this.runs.set(run.id, run);
    this.started.push(run);
    this.onStart(run);
    return run;
  }

  #join(idempotency: RunRequest["idempotency"]): FakeRun | null {
    const run = this.earlier.get(idempotency?.key ?? "");
    if (run === undefined || run.request.idempotency?.fingerprint === idempotency?.fingerprint) return run ?? null;
    throw new RunAgentError("IDEMPOTENCY_KEY_REUSED", "That was another call.");
  }

  #get(id: string): FakeRun {
    const run = this.runs.get(id);
    if (run === undefined) throw new RunAgentError("RUN_NOT_FOUND", `There is no run ${id}.`);
    return run;
  }

  #resolve(call: { readonly agent: string; readonly version: string | null; readonly tag: string | null }) {
    if (this.notReady !== null) throw RunAgentError.from(this.notReady);
    if (call.agent !== "support") throw new RunAgentError("AGENT_NOT_FOUND", `There is no agent ${call.agent}.`);
    if (call.version !== null && call.version !== "v1") throw new RunAgentError("VERSION_NOT_FOUND", "no such version");
    if (call.tag !== null && call.tag !== "chat") throw new RunAgentError("ENTRYPOINT_NOT_FOUND", "no such tag");
    const entrypoint = this.#describe();
    return { agent: "support", version: "v1", entrypoint, config: configOf(this.delivery), timeoutMs: 60_000 };
  }

  #describe(): EntrypointDescription {
    this.#described ??= {
      tag: "chat",
      type: this.type,
      input: "object",
      input_schema: this.schema,
      output_schema: null,
      streams: false,
      slots: 1,
      adapter: "none",
      description: null,
    };
    return this.#described;
  }

  #view() {
    const { tag, type, input, input_schema, output_schema, streams } = this.#describe();
    const entrypoints = [{ tag, type, input, input_schema, output_schema, streams }];
    return { name: "support", title: "Support <b>", version: "v1", default: "chat", entrypoints };
  }
}

export const KNOWN_BATCH = newId("bat");

const SESSION: SessionView = {
  id: "s-1",
  agent: "support",
  user: null,
  created_at: "2026-11-22T10:00:00.000Z",
  updated_at: "2026-11-22T10:00:00.000Z",
  runs: 1,
};

function configOf(delivery: EntrypointConfig["delivery"]): EntrypointConfig {
  return {
    tag: "chat",
    file: "agent.py",
    module: "chat",
    type: null,
    input: null,
    delivery,
    idempotent: false,
    retry: null,
    adapter: null,
    factory: "worker",
    checkpointer: null,
    configKeys: [],
    redact: true,
    place: "runagent.config.json:1",
  };
}

function batch(total: number): Batch {
  const counts = { queued: total, running: 0, succeeded: 0, failed: 0, cancelled: 0 };
  const created_at = "2026-11-22T10:00:00.000Z";
  return { id: newId("bat"), agent: "support", tag: "chat", status: "running", counts, total, created_at };
}
