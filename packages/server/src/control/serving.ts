/**
 * One agent's folder, kept live: loads it, reloads it on a change, and finds what a call is for. New calls wait for the
 * load in progress and then get the newest code; runs that go on stay on the version they began with.
 */
import type {
  AgentConfig,
  AgentView,
  Caller,
  EntrypointConfig,
  EntrypointDescription,
  LimitValues,
  Problem,
} from "@runagent/protocol";
import { problem, RunAgentError } from "@runagent/protocol";
import { closest } from "@runagent/protocol/config";
import type { Announcer, Loader, LoadResult, Versions } from "./ports.ts";

interface Live {
  readonly kind: "live";
  readonly version: string;
  readonly config: AgentConfig;
  readonly entrypoints: readonly EntrypointDescription[];
}

type State =
  | { readonly kind: "starting" }
  | Live
  | { readonly kind: "failed"; readonly agent: string | null; readonly absent: boolean; readonly problem: Problem };

interface Found {
  readonly agent: string;
  readonly version: string;
  readonly entrypoint: EntrypointDescription;
  readonly config: EntrypointConfig;
  readonly timeoutMs: number;
}

interface Call {
  readonly agent: string;
  readonly version: string | null;
  readonly tag: string | null;
}

export interface ServingOptions<Source> {
  readonly loader: Loader<Source>;
  readonly versions: Versions<Source>;
  readonly announcer: Announcer<Source>;
  readonly limits: Pick<LimitValues, "queue_per_agent">;
  /** Called after every load with what must be watched, and when that load began (milliseconds since the epoch). */
  readonly onWatch: (files: readonly string[], loadedAt: number) => void;
  /** Resolves when `stale` was called for everything that has changed so far. Left out: nothing is watched. */
  readonly caughtUp?: () => Promise<void>;
}

export class Serving<Source> {
  readonly #options: ServingOptions<Source>;
  #state: State = { kind: "starting" };
  #count = 0;
  #watched: readonly string[] = [];
  #load: { readonly done: Promise<void>; readonly abort: AbortController } | null = null;
  #stale = false;
  #settled: (() => void) | null = null;
  #waiting: Promise<void> | null = null;
  #waiters = 0;
  #closed = false;
  readonly #retiring = new Set<Promise<void>>();
  readonly #listeners = new Set<() => void>();

  constructor(options: ServingOptions<Source>) {
    this.#options = options;
  }

  /** Something that the agent is made of may have changed: calls wait from now on until `reload` or `fresh`. */
  stale(): void {
    this.#stale = true;
    this.#waiting ??= new Promise((resolve) => {
      this.#settled = resolve;
    });
  }

  /** It had not changed after all. */
  fresh(): void {
    this.#stale = false;
    if (this.#load === null) this.#settle();
  }

  /** Loads the folder as it is now; a load in progress is given up. Resolves when the newest load has ended. */
  async reload(): Promise<void> {
    if (this.#closed) return;
    this.stale();
    this.#stale = false;
    const before = this.#load;
    before?.abort.abort();
    const abort = new AbortController();
    const done = this.#run(abort.signal, before?.done);
    this.#load = { done, abort };
    await done;
    if (this.#load?.abort !== abort) return;
    this.#load = null;
    if (!this.#stale) this.#settle();
  }

  resolve(_caller: Caller, call: Call): Found | Promise<Found> {
    const { caughtUp } = this.#options;
    return caughtUp === undefined ? this.#newest(call) : caughtUp().then(() => this.#newest(call));
  }

  list(): readonly AgentView[] {
    return this.#state.kind === "live" ? [view(this.#state)] : [];
  }

  async get(_caller: Caller, name: string): Promise<AgentView> {
    await this.#options.caughtUp?.();
    if (this.#waiting !== null) await this.#wait(() => undefined);
    return view(this.#live({ agent: name, version: null, tag: null }));
  }

  readiness(): { readonly ready: true } | { readonly ready: false; readonly problem: Problem } {
    switch (this.#state.kind) {
      case "live":
        return { ready: true };
      case "failed":
        return { ready: false, problem: this.#state.problem };
      case "starting":
        return {
          ready: false,
          problem: problem("LOAD_FAILED", "The agent is being loaded; it has not been ready yet."),
        };
    }
  }

  /** Calls `changed` after every load that has an outcome, until the function that it returns is called. */
  onChange(changed: () => void): () => void {
    this.#listeners.add(changed);
    return () => void this.#listeners.delete(changed);
  }

  /** The last load found no agent at all. */
  get absent(): boolean {
    return this.#state.kind === "failed" && this.#state.absent;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#load?.abort.abort();
    await this.#load?.done;
    this.#settle();
    await Promise.all(this.#retiring);
  }

  async #run(signal: AbortSignal, before: Promise<void> | undefined): Promise<void> {
    await before;
    if (signal.aborted) return;
    this.#count += 1;
    const version = `v${this.#count}`;
    const began = performance.now();
    const loadedAt = Date.now();
    const result = await this.#options.loader
      .load(version, signal)
      .catch((error: unknown) => unexpected(error, signal));
    if (result === null) return;
    if (signal.aborted) return this.#discard(result, version);
    // What cannot load may not have come to every file it is made of: what it was made of before may heal it, too.
    this.#watched = result.kind === "loaded" ? result.watch : [...new Set([...this.#watched, ...result.watch])];
    this.#options.onWatch(this.#watched, loadedAt);
    this.#take(result, version, performance.now() - began);
  }

  #take(result: LoadResult<Source>, version: string, ms: number): void {
    const old = this.#state;
    if (result.kind === "loaded") {
      this.#options.versions.add(result.source);
      this.#state = { kind: "live", version, config: result.config, entrypoints: result.description.entrypoints };
      this.#options.announcer.loaded(result, version, ms);
    } else {
      this.#state = { kind: "failed", agent: result.agent, absent: result.absent, problem: result.problem };
      this.#options.announcer.failed(result.problem, result.absent);
    }
    if (old.kind === "live") this.#retire(old.config.name, old.version);
    for (const changed of this.#listeners) changed();
  }

  #discard(result: LoadResult<Source>, version: string): void {
    if (result.kind === "failed") return;
    this.#options.versions.add(result.source);
    this.#retire(result.config.name, version);
  }

  #retire(agent: string, version: string): void {
    const done = this.#options.versions.retire(agent, version).finally(() => this.#retiring.delete(done));
    this.#retiring.add(done);
  }

  #settle(): void {
    this.#settled?.();
    this.#settled = null;
    this.#waiting = null;
  }

  async #wait<T>(then: () => T): Promise<T> {
    if (this.#waiters >= this.#options.limits.queue_per_agent) {
      throw new RunAgentError("QUEUE_FULL", `${this.#waiters} calls wait for the agent to load already.`, {
        retry_after: 1,
      });
    }
    this.#waiters += 1;
    try {
      while (this.#waiting !== null) await this.#waiting;
      return then();
    } finally {
      this.#waiters -= 1;
    }
  }

  #newest(call: Call): Found | Promise<Found> {
    return this.#waiting === null ? this.#find(call) : this.#wait(() => this.#find(call));
  }

  #find(call: Call): Found {
    const live = this.#live(call);
    if (call.version !== null && call.version !== live.version) {
      throw new RunAgentError(
        "VERSION_NOT_FOUND",
        `${live.config.name} has no version ${call.version} here; ${live.version} is served.`,
        {
          suggestion: live.version,
        },
      );
    }
    const entrypoint = call.tag === null ? live.entrypoints[0] : live.entrypoints.find((one) => one.tag === call.tag);
    const config = live.config.entrypoints.find((one) => one.tag === entrypoint?.tag);
    if (entrypoint === undefined || config === undefined) throw unknownTag(live, call.tag ?? "");
    return {
      agent: live.config.name,
      version: live.version,
      entrypoint,
      config,
      timeoutMs: live.config.resources.timeoutMs,
    };
  }

  #live(call: Call): Live {
    const state = this.#state;
    if (state.kind === "starting") throw new RunAgentError("DRAINING", "The server is stopping.");
    const name = state.kind === "live" ? state.config.name : state.agent;
    if (name !== null && name !== call.agent) throw unknownAgent(name, call.agent);
    if (state.kind === "failed") throw RunAgentError.from(state.problem);
    return state;
  }
}

function unexpected(error: unknown, signal: AbortSignal): null {
  if (signal.aborted) return null;
  throw error;
}

function view(live: Live): AgentView {
  const [first] = live.entrypoints;
  return {
    name: live.config.name,
    title: live.config.title,
    version: live.version,
    default: first?.tag ?? "",
    entrypoints: live.entrypoints.map(({ tag, type, input, input_schema, output_schema, streams }) => ({
      tag,
      type,
      input,
      input_schema,
      output_schema,
      streams,
    })),
  };
}

function unknownAgent(known: string, asked: string): RunAgentError {
  return new RunAgentError("AGENT_NOT_FOUND", `There is no agent "${asked}" here. This server serves "${known}".`, {
    suggestion: known,
  });
}

function unknownTag(live: Live, asked: string): RunAgentError {
  const tags = live.entrypoints.map((one) => one.tag);
  const near = closest(asked, tags);
  const guess = near === undefined ? "" : ` Did you mean "${near}"?`;
  return new RunAgentError(
    "ENTRYPOINT_NOT_FOUND",
    `${live.config.name} has no entrypoint "${asked}".${guess} Its tags: ${tags.join(", ")}.`,
    {
      ...(near === undefined ? {} : { suggestion: near }),
    },
  );
}
