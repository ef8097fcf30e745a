/**
 * The worker's side of the channel: hello first (W2), load, describe, then runs until drained. It reconnects while it may
 * and hands over what it holds; it never decides how a run is called (calling.ts).
 */
import { AsyncLocalStorage } from "node:async_hooks";
import { flushCompileCache } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import {
  type AgentSpec,
  type Frame,
  type InvokeBody,
  RunAgentError,
  type ServerHello,
  WORKER_PROTOCOL,
  type WorkerHello,
} from "@runagent/protocol";
import { execute } from "./calling.ts";
import { Channel } from "./channel.ts";
import { parseExact } from "./exact-json.ts";
import { Flow } from "./flow.ts";
import { guardProcess, reallyExit } from "./guard.ts";
import { watchHosts } from "./hosts.ts";
import { type Agent, loadAgent } from "./loading.ts";
import { type Capture, captureOutput, LogOverflow, type LogSink, logRecord } from "./logs.ts";
import { Outbox } from "./outbox.ts";
import { Loading, type Owner } from "./owner.ts";
import { messageOf, workerError } from "./problems.ts";
import { Run, type RunEvents } from "./run.ts";
import { RunTable } from "./run-table.ts";
import type { Settings } from "./settings.ts";
import { tracebackOf } from "./stack.ts";
import { inTrace } from "./tracing.ts";

const RECONNECT_MS = 200;

export class Worker {
  readonly #settings: Settings;
  readonly #channel: Channel;
  readonly #flow: Flow;
  readonly #owners = new AsyncLocalStorage<Owner>();
  readonly #runs = new RunTable();
  readonly #background = new Set<Promise<unknown>>();
  #spec: AgentSpec | null = null;
  #agent: Agent | null = null;
  readonly #tooMuch: LogOverflow;
  #capture: Capture | null = null;
  #draining = false;
  /** The server has said what it wants again. Until then a held run's frames are only kept: none goes out twice. */
  #welcomed = false;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#channel = new Channel({ onFrame: (frame) => this.#take(frame), onClose: () => void this.#lost() });
    this.#flow = new Flow(this.#channel);
    this.#tooMuch = new LogOverflow(() => this.#channel.backlog, this.#ownLog);
  }

  async start(): Promise<void> {
    await this.#channel.connect(this.#settings.socket);
    this.#hello();
  }

  #hello(): void {
    const hello: WorkerHello = {
      protocol: WORKER_PROTOCOL,
      role: "process",
      worker: this.#settings.worker,
      token: this.#settings.token,
      pid: process.pid,
      language: "node",
      runtime: process.versions.node,
      held: this.#runs.held(),
    };
    this.#channel.send("hello", 0, JSON.stringify(hello));
  }

  #take(frame: Frame): void {
    switch (frame.kind) {
      case "invoke":
        this.#invoke(frame.call, frame.body);
        break;
      case "ping":
        this.#channel.send("ping", 0, "");
        break;
      case "cancel":
        this.#cancel(frame);
        break;
      case "ack":
        this.#runs.ack(frame.call, JSON.parse(frame.body.toString()).n);
        break;
      case "hello":
        this.#welcome(JSON.parse(frame.body.toString()));
        break;
      case "drain":
        void this.#drain();
        break;
      default: // a newer server may say more: it does not concern this worker
    }
  }

  #welcome(hello: ServerHello): void {
    this.#welcomed = true;
    this.#runs.resume(hello.resume);
    if (this.#spec !== null || hello.agent === undefined) return;
    this.#spec = hello.agent;
    void this.#load(hello.agent);
  }

  async #load(spec: AgentSpec): Promise<void> {
    this.#capture = captureOutput(() => this.#owners.getStore()?.log ?? this.#ownLog, spec.limits.log_line);
    guardProcess(() => this.#owner(), this.#escaped);
    watchHosts((host) => this.#channel.send("host", 0, JSON.stringify(host)));
    const loading = new Loading(this.#ownLog);
    try {
      this.#agent = await this.#owners.run(loading, () => Promise.race([loadAgent(spec), loading.exited]));
      this.#channel.send("describe", 0, JSON.stringify(this.#agent.description));
    } catch (error) {
      this.#channel.send("error", 0, JSON.stringify({ ...workerError(error), code: "LOAD_FAILED" }));
    } finally {
      loading.over = true;
      flushCompileCache(); // a worker that is killed later leaves its cache all the same
    }
  }

  /** Who answers for the code that runs now; what an import left behind belongs to nobody. */
  #owner(): Owner | null {
    const owner = this.#owners.getStore() ?? null;
    return owner instanceof Loading && owner.over ? null : owner;
  }

  #invoke(call: number, body: Buffer): void {
    const [agent, spec] = [this.#agent, this.#spec];
    // The text is ours to trust: the server made it, the input in it was parsed at the gateway.
    const invoke = parseExact(body.toString()) as InvokeBody;
    const outbox = new Outbox({
      call,
      send: this.#send,
      durable: invoke.durable,
      bound: spec?.limits.channel_held ?? 0,
    });
    const entrypoint = agent?.entrypoints.get(invoke.tag);
    if (agent === null || spec === null || entrypoint === undefined) {
      refuse(outbox, invoke.tag);
      return;
    }
    const run = new Run({ body: invoke, outbox, limits: spec.limits, events: this.#runEvents });
    this.#runs.add(run);
    const context = { secrets: agent.secrets, waitUntil: this.#waitUntil };
    const calling = { context, flow: this.#flow };
    void this.#owners.run(run, inTrace, invoke.traceparent, () => execute(entrypoint, run, calling));
  }

  readonly #send = (kind: Parameters<Channel["send"]>[0], call: number, body: string): void => {
    if (this.#welcomed) this.#channel.send(kind, call, body);
  };

  readonly #runEvents: RunEvents = {
    diverted: (run, record) => {
      if (run.ended) this.#ownLog(record);
      return run.ended || this.#tooMuch.drops();
    },
    ending: (run) => this.#capture?.finish(run.log),
    ended: (run) => {
      this.#runs.ended(run);
      if (this.#draining && this.#runs.active === 0) void this.#finish();
    },
  };

  readonly #waitUntil = (promise: Promise<unknown>): void => {
    const watched = promise.catch(this.#escapedLater).finally(() => this.#background.delete(watched));
    this.#background.add(watched);
  };

  readonly #escapedLater = (error: unknown): void => this.#escaped("waitUntil", error);

  readonly #escaped = (what: string, error: unknown): void =>
    this.#ownLog(logRecord("error", "stderr", `${what}: ${tracebackOf(error) ?? messageOf(error)}`));

  readonly #ownLog: LogSink = (record) => {
    if (!this.#tooMuch.drops()) this.#channel.send("log", 0, JSON.stringify(record));
  };

  #cancel(frame: Frame): void {
    const { by, reason } = JSON.parse(frame.body.toString());
    this.#runs.get(frame.call)?.cancel(String(by), reason ?? null);
  }

  async #drain(): Promise<void> {
    this.#draining = true;
    if (this.#runs.active === 0) await this.#finish();
  }

  /** Work after the answer has the grace to end; then the lifespan is left, and the process ends. */
  async #finish(): Promise<void> {
    const grace = this.#spec?.stop_grace_ms ?? 0;
    await Promise.race([Promise.allSettled(this.#background), wait(grace, undefined, { ref: false })]);
    try {
      await this.#agent?.lifespan?.leave();
    } catch (error) {
      this.#escaped("lifespan", error);
    }
    await this.#channel.close();
    reallyExit(0);
  }

  /** The server is gone: durable runs go on for the next one, others have nobody who waits. */
  async #lost(): Promise<void> {
    const until = performance.now() + this.#settings.orphanMs;
    this.#welcomed = false;
    this.#runs.abandonDirect();
    while (performance.now() < until) {
      try {
        await this.#channel.connect(this.#settings.socket);
        return this.#hello();
      } catch {
        await wait(RECONNECT_MS); // nobody listens yet
      }
    }
    reallyExit(0);
  }
}

function refuse(outbox: Outbox, tag: string): void {
  const error = new RunAgentError("ENTRYPOINT_NOT_FOUND", `this worker has no entrypoint "${tag}"`);
  outbox.send("error", JSON.stringify(workerError(error)));
}
