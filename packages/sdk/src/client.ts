/** A RunAgent server, seen from a program. Fetch only: Node, Deno, browsers, edge. Opens nothing until it is asked. */
import type { AgentLogRecord } from "@runagent/protocol/agent-log";
import type { EgressRecord } from "@runagent/protocol/egress";
import type { AgentView, Page } from "@runagent/protocol/run";
import { AccessClient } from "./access-client.ts";
import { AgentClient } from "./agent-client.ts";
import { type LogsOptions, logLines } from "./agent-log-lines.ts";
import { BatchHandle } from "./batch-handle.ts";
import { DeploymentsClient } from "./deployments-client.ts";
import { eachItem } from "./pages.ts";
import type { Waiting } from "./run-handle.ts";
import { RunsClient } from "./runs-client.ts";
import { SessionsClient } from "./sessions-client.ts";
import { Transport } from "./transport.ts";

export interface RunAgentOptions {
  /** Default: where `runagent serve` listens. */
  readonly url?: string;
  readonly apiKey?: string;
  /** Seconds: the deadline of runs that name none. */
  readonly timeout?: number;
  /** Sent with every request. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of the global one. */
  readonly fetch?: typeof fetch;
  /** In place of `JSON.parse`, which rounds integers above 2^53: reads runs, sessions and what else is no stream. */
  readonly parse?: (text: string) => unknown;
}

export interface ServerInfo {
  readonly version: string;
  readonly api: string;
  readonly min_cli: string;
  readonly isolation: string;
  /** What does not work as it should, and why. */
  readonly degraded: readonly string[];
  readonly mapped_hosts: readonly string[];
}

export class RunAgent {
  readonly runs: RunsClient;
  /** Of `runagent server`. */
  readonly deployments: DeploymentsClient;
  /** Of `runagent server`: keys, secrets, audit. */
  readonly access: AccessClient;
  readonly #transport: Transport;
  readonly #timeout: number | undefined;

  constructor(options: RunAgentOptions = {}) {
    this.#timeout = options.timeout;
    this.#transport = new Transport({
      url: options.url ?? SERVE_URL,
      apiKey: options.apiKey ?? null,
      headers: options.headers ?? {},
      // Browsers refuse a `fetch` that lost its `this`.
      parse: options.parse ?? JSON.parse,
      fetch: options.fetch ?? ((input, init) => globalThis.fetch(input, init)),
    });
    this.runs = new RunsClient(this.#transport);
    this.deployments = new DeploymentsClient(this.#transport);
    this.access = new AccessClient(this.#transport);
  }

  /** Reads `RUNAGENT_URL` and `RUNAGENT_API_KEY` where there is an environment; options win. */
  static fromEnv(options: RunAgentOptions = {}): RunAgent {
    const url = variable("RUNAGENT_URL");
    const apiKey = variable("RUNAGENT_API_KEY");
    return new RunAgent({ ...(url ? { url } : {}), ...(apiKey ? { apiKey } : {}), ...options });
  }

  get url(): string {
    return this.#transport.url;
  }

  /** `name`, or `name@v7`. Asks nobody: a wrong name is AGENT_NOT_FOUND at the first call. */
  agent(name: string): AgentClient {
    return new AgentClient(this.#transport, name, this.#timeout);
  }

  async agents(options: Waiting = {}): Promise<readonly AgentView[]> {
    const call = { method: "GET", path: "v1/agents", signal: options.signal } as const;
    return (await this.#transport.json<Page<AgentView>>(call)).items;
  }

  /** What it reached from its sandbox, and what was refused, newest first. */
  egress(agent: string, options: Waiting = {}): AsyncGenerator<EgressRecord, void, undefined> {
    const path = `v1/agents/${encodeURIComponent(agent)}/egress`;
    return eachItem((cursor) =>
      this.#transport.json<Page<EgressRecord>>({ method: "GET", path, query: { cursor }, signal: options.signal }),
    );
  }

  /** What a deployed agent printed, oldest first, or what its builds said. `runagent serve` keeps none: NOT_FOUND. */
  logs(agent: string, options: LogsOptions = {}): AsyncGenerator<AgentLogRecord, void, undefined> {
    return logLines(this.#transport, agent, options);
  }

  batch(id: string): BatchHandle {
    return new BatchHandle(this.#transport, id);
  }

  sessions(agent: string): SessionsClient {
    return new SessionsClient(this.#transport, agent);
  }

  info(options: Waiting = {}): Promise<ServerInfo> {
    return this.#transport.json<ServerInfo>({ method: "GET", path: "v1/info", signal: options.signal });
  }
}

const SERVE_URL = "http://127.0.0.1:8450";

/** `process` without naming it: browsers and edge runtimes have none. */
function variable(name: string): string | undefined {
  const { process } = globalThis as { process?: { env?: Readonly<Record<string, string | undefined>> } }; // maybe absent
  return process?.env?.[name];
}
